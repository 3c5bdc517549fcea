-- Proposes a slot for a holder and sets a free one aside for a moment.
-- KEYS  pool, ends, free, slots, holders (see RedisSeatIndex)
-- ARGV  holder, how long to set aside (ms), how many held slots to step over at most
-- gives {what, number}: own slot | free slot | full milliseconds | load 0 | ask 0
local pool, ends, free, slots, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local holder, aside, steps = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local known = redis.call('HMGET', pool, 'state', 'limit', 'next')
if known[1] ~= 'loaded' or not known[2] then
  return {'load', 0}
end
local limit, next = tonumber(known[2]), tonumber(known[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function set_aside(slot)
  redis.call('ZADD', ends, now + aside, slot)
  redis.call('ZREM', free, slot)
  return {'free', tonumber(slot)}
end

local function holder_of(slot)
  local entry = redis.call('HGET', slots, slot)
  return entry and string.sub(entry, string.find(entry, ' ', 1, true) + 1) or ''
end

local own = redis.call('HGET', holders, holder)
if own and holder_of(own) == holder then
  local own_end = redis.call('ZSCORE', ends, own)
  if own_end and tonumber(own_end) > now then
    return {'own', tonumber(own)}
  end
end

for _, slot in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, 16)) do
  local last = holder_of(slot)
  if last ~= '' and redis.call('HGET', holders, last) == slot then
    redis.call('HDEL', holders, last)
  end
  redis.call('ZREM', ends, slot)
  redis.call('ZADD', free, slot, slot)
end

local lowest = redis.call('ZRANGE', free, 0, 0)[1]
if lowest and tonumber(lowest) <= limit then
  return set_aside(lowest)
end

-- Slots above "next" were not offered yet; some may be held, since the ledger chooses by itself at times.
local last_step = math.min(limit, next + steps)
while next < last_step do
  next = next + 1
  if not redis.call('ZSCORE', ends, next) then
    redis.call('HSET', pool, 'next', next)
    return set_aside(next)
  end
end
redis.call('HSET', pool, 'next', next)
if next < limit then
  return {'ask', 0}
end

local first = redis.call('ZRANGE', ends, 0, 0, 'WITHSCORES')
return {'full', first[2] and math.max(0, tonumber(first[2]) - now) or 0}
