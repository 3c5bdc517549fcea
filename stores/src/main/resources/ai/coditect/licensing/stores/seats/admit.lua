-- Counts one acquire in the second it falls into.
-- KEYS  the tenant's limit
-- gives the milliseconds to wait: 0 where it is admitted
local known = redis.call('HMGET', KEYS[1], 'limit', 'second')
if not known[1] then
  return 0
end
local time = redis.call('TIME')
if known[2] ~= time[1] then
  redis.call('HSET', KEYS[1], 'second', time[1], 'count', 1)
  return 0
end
if redis.call('HINCRBY', KEYS[1], 'count', 1) <= tonumber(known[1]) then
  return 0
end
return math.max(1, 1000 - math.floor(time[2] / 1000))
