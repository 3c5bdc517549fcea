-- Sets a limit, unless a newer revision did; says whether that changed anything.
-- KEYS  the hash that holds it
-- ARGV  limit, revision
local known = redis.call('HMGET', KEYS[1], 'limit', 'revision')
if tonumber(ARGV[2]) < tonumber(known[2] or -1) then
  return 0
end
if known[1] == ARGV[1] and known[2] == ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'limit', ARGV[1], 'revision', ARGV[2])
return 1
