-- Begins to replace what is known of a pool, unless somebody else is at it.
-- KEYS  pool, ends, free, slots, holders (see RedisSeatIndex)
-- ARGV  the loader's name, seats, revision, after how many milliseconds another may begin anew
-- gives 1 where it began
local known = redis.call('HMGET', KEYS[1], 'state', 'loading_until', 'revision')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if known[1] == 'loading' and tonumber(known[2]) > now then
  return 0
end
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('HSET', KEYS[1], 'state', 'loading', 'loader', ARGV[1], 'loading_until', now + tonumber(ARGV[4]), 'next', 0)
if tonumber(ARGV[3]) >= tonumber(known[3] or -1) then
  redis.call('HSET', KEYS[1], 'limit', ARGV[2], 'revision', ARGV[3])
end
return 1
