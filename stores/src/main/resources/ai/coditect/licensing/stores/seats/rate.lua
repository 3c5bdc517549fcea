-- Sets a rate limit; says whether that changed anything.
-- KEYS  the hash that holds it
-- ARGV  limit
if redis.call('HGET', KEYS[1], 'limit') == ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'limit', ARGV[1])
return 1
