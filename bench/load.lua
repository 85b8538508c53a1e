-- What wrk sends, told by the environment: paths from a file in random order, or a body with a number that is never
-- used twice. Prints its figures as one line of JSON.
local paths, body, number = {}, os.getenv('BENCH_BODY'), os.time() * 100000
local key = os.getenv('BENCH_KEY')
local headers = {}
if key then headers['Authorization'] = 'Bearer ' .. key end

function init()
  math.randomseed(os.time())
  for line in io.lines(os.getenv('BENCH_PATHS')) do paths[#paths + 1] = line end
  if body then headers['Content-Type'] = 'application/json' end
end

function request()
  if not body then return wrk.format('GET', paths[math.random(#paths)], headers) end
  number = number + 1
  return wrk.format('POST', paths[1], headers, (body:gsub('{n}', string.format('%.0f', number))))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\n', summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
