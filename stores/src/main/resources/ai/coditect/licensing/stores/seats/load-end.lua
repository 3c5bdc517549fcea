-- Opens the whole pool, if it is still this loader's and complete.
-- ARGV  the loader's name, the number of its chunks, for how long the pool is not loaded again (ms; at least, and at
--       least in times of what loading it took)
-- gives 1, or 0 where the pool is not this loader's any more, or lost a chunk
local known = redis.call('HMGET', pool, 'loader', 'chunks', 'began')
if known[1] ~= ARGV[1] or known[2] ~= ARGV[2] then
  return 0
end
local rest = math.max(tonumber(ARGV[3]), tonumber(ARGV[4]) * (now - tonumber(known[3])))
redis.call('HSET', pool, 'state', 'loaded', 'since', now, 'rest', rest)
redis.call('HDEL', pool, 'loader', 'began', 'chunks')
return 1
