-- What wrk sends, told by the environment: reads of the paths in a file, writes with a body in which a number is never
-- used twice, or reads among which every so many requests one is a write. Prints its figures as one line of JSON.
local method = os.getenv('BENCH_METHOD') or 'GET'
-- random, turn (one after the other), once (each a single time), zipf (the nth as often as 1/n).
local order = os.getenv('BENCH_ORDER') or 'random'
local limit = tonumber(os.getenv('BENCH_LIMIT') or math.huge)
local paths, codings, body = {}, {}, nil
local readHeaders, writeHeaders = {}, {}
-- Articles to write to among the reads, and how often.
local written, share = {}, tonumber(os.getenv('BENCH_WRITE_SHARE') or '0')
local number = os.time() * 100000
local ready, weights, patched = {}, {}, {}
local threads = {}
used = 0

local function linesOf(file)
  local lines = {}
  for line in io.lines(file) do lines[#lines + 1] = line end
  return lines
end

local function textOf(path)
  local file = io.open(path)
  local text = file:read('*a')
  file:close()
  return text
end

local function headersOf(text)
  local headers = {}
  for name, value in (text or ''):gmatch('([^:\n]+): ([^\n]*)') do headers[name] = value end
  return headers
end

function setup(thread)
  threads[#threads + 1] = thread
end

function init()
  math.randomseed(os.time())
  used = tonumber(os.getenv('BENCH_FROM') or '0')
  paths = linesOf(os.getenv('BENCH_PATHS'))
  readHeaders = headersOf(os.getenv('BENCH_HEADERS'))
  writeHeaders = headersOf(os.getenv('BENCH_WRITE_HEADERS'))
  for coding in (os.getenv('BENCH_CODINGS') or ''):gmatch('%S+') do codings[#codings + 1] = coding end
  if os.getenv('BENCH_BODY') then body = textOf(os.getenv('BENCH_BODY')) end
  if os.getenv('BENCH_WRITTEN') then written = linesOf(os.getenv('BENCH_WRITTEN')) end
  local sum = 0
  if order == 'zipf' then
    for n = 1, #paths do
      sum = sum + 1 / n
      weights[n] = sum
    end
  end
end

local function pickByWeight()
  local wanted = math.random() * weights[#weights]
  local low, high = 1, #weights
  while low < high do
    local middle = math.floor((low + high) / 2)
    if weights[middle] < wanted then low = middle + 1 else high = middle end
  end
  return low
end

local function pick()
  if used >= limit then
    wrk.thread:stop()
    return 0
  end
  used = used + 1
  if order == 'once' then return used end
  if order == 'turn' then return 1 + (used - 1) % #paths end
  if order == 'zipf' then return pickByWeight() end
  return math.random(#paths)
end

local function withNumber(text)
  number = number + 1
  return (text:gsub('{n}', string.format('%.0f', number)))
end

-- The same again costs the load nothing: it has to be faster than what it measures.
local function read()
  local n = pick()
  local coding = codings[math.random(math.max(1, #codings))]
  local key = coding and n .. coding or n
  if not ready[key] then
    readHeaders['Accept-Encoding'] = coding or readHeaders['Accept-Encoding']
    ready[key] = wrk.format('GET', paths[n] or '/no-paths-left', readHeaders)
  end
  return ready[key]
end

-- In turns a patch, and the publication of what was patched some writes before, so that it is done by now.
local function changeOne()
  local id = #patched >= 20 and number % 2 == 0 and table.remove(patched, 1)
  if id then return wrk.format('POST', '/v1/articles/' .. id .. '/publish', writeHeaders, withNumber('{}')) end
  id = written[math.random(#written)]
  patched[#patched + 1] = id
  return wrk.format('PATCH', '/v1/articles/' .. id, writeHeaders, withNumber(body))
end

function request()
  if method ~= 'GET' then
    return wrk.format(method, paths[pick()] or '/no-paths-left', writeHeaders, withNumber(body))
  end
  if share > 0 and math.random() < share then return changeOne() end
  return read()
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d,"used":%d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, threads[1]:get('used')))
end
