-- Begins to replace what is known of a pool, unless somebody else is at it, or it was loaded a moment ago.
-- ARGV  the loader's name, seats, revision, for how long a loader that gives no sign is waited for (ms)
-- gives 1 where it began, 0 where somebody else loads, -1 where the pool was loaded a moment ago
local known = redis.call('HMGET', pool, 'state', 'since', 'rest', 'revision')

-- A clock that went back, as after a failover, must not keep the pool closed.
local function is_within(milliseconds)
  local age = now - tonumber(known[2] or now)
  return age >= 0 and age < milliseconds
end
if known[1] == 'loading' and is_within(tonumber(ARGV[4])) then
  return 0
end
if known[1] == 'loaded' and is_within(tonumber(known[3] or 0)) then
  return -1
end
redis.call('UNLINK', ends, free, slots, holders)
redis.call('HSET', pool, 'state', 'loading', 'loader', ARGV[1], 'began', now, 'since', now, 'chunks', 0, 'next', 0)
if tonumber(ARGV[3]) >= tonumber(known[4] or -1) then
  redis.call('HSET', pool, 'limit', ARGV[2], 'revision', ARGV[3])
end
return 1
