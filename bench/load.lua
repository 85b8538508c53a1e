-- What wrk sends, told by the environment: paths from a file, in random order or each only once, and for a write a body
-- with a number that is never used twice. Prints its figures as one line of JSON.
local method = os.getenv('BENCH_METHOD') or 'GET'
local from = tonumber(os.getenv('BENCH_FROM'))
local paths, headers, body = {}, {}, nil
local number = os.time() * 100000
local threads = {}
used = 0

function setup(thread)
  threads[#threads + 1] = thread
end

function init()
  math.randomseed(os.time())
  for line in io.lines(os.getenv('BENCH_PATHS')) do paths[#paths + 1] = line end
  local key = os.getenv('BENCH_KEY')
  if key then headers['Authorization'] = 'Bearer ' .. key end
  if method == 'GET' then return end
  headers['Content-Type'] = 'application/json'
  headers['If-Match'] = os.getenv('BENCH_IF_MATCH')
  local file = io.open(os.getenv('BENCH_BODY'))
  body = file:read('*a')
  file:close()
end

local function nextPath()
  used = used + 1
  if not from then return paths[math.random(#paths)] end
  return paths[from + used] or '/no-paths-left'
end

function request()
  if method == 'GET' then return wrk.format('GET', nextPath(), headers) end
  number = number + 1
  return wrk.format(method, nextPath(), headers, (body:gsub('{n}', string.format('%.0f', number))))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d,"used":%d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, threads[1]:get('used')))
end
