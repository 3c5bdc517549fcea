-- Lets another loader begin at once: this one cannot go on.
-- ARGV  the loader's name
if redis.call('HGET', pool, 'loader') ~= ARGV[1] then
  return 0
end
redis.call('HSET', pool, 'since', 0)
return 1
