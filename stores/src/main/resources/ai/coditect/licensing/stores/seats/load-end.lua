-- Opens the pool, if it is still this loader's.
-- KEYS  pool
-- ARGV  the loader's name, the number of slots held without a gap from slot 1 on
if redis.call('HGET', KEYS[1], 'loader') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'state', 'loaded', 'next', ARGV[2])
redis.call('HDEL', KEYS[1], 'loader', 'loading_until')
return 1
