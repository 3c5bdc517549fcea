-- Sets a limit, unless a newer revision did.
-- KEYS  the hash that holds it
-- ARGV  limit, revision
if tonumber(ARGV[2]) < tonumber(redis.call('HGET', KEYS[1], 'revision') or -1) then
  return 0
end
redis.call('HSET', KEYS[1], 'limit', ARGV[1], 'revision', ARGV[2])
return 1
