-- Counts some acquires in the second they fall into.
-- KEYS  the tenant's limit
-- ARGV  how many
-- gives how many of them are admitted, and the milliseconds the others must wait
local wanted = tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'limit', 'second')
if not known[1] then
  return {wanted, 0}
end
local time = redis.call('TIME')
local before = 0
if known[2] ~= time[1] then
  redis.call('HSET', KEYS[1], 'second', time[1], 'count', wanted)
else
  before = redis.call('HINCRBY', KEYS[1], 'count', wanted) - wanted
end
local room = math.max(0, tonumber(known[1]) - before)
return {math.min(wanted, room), math.max(1, 1000 - math.floor(time[2] / 1000))}
