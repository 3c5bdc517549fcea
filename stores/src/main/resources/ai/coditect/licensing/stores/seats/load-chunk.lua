-- Takes note of the next part of a pool; whatever free slots it names can be offered at once.
-- ARGV  the loader's name, the number of this chunk, up to which slot all free ones were named, how many free slots it
--       names, these, then what is held (as in tell.lua)
-- gives 1, or 0 where the pool is not this loader's any more, or lost a chunk
local known = redis.call('HMGET', pool, 'loader', 'chunks')
if known[1] ~= ARGV[1] or tonumber(known[2]) ~= tonumber(ARGV[2]) - 1 then
  return 0
end
local first_held = 5 + tonumber(ARGV[4])
note(ARGV, first_held, #ARGV)
local offered = {}
for i = 5, first_held - 1 do
  -- Somebody may have taken it since the ledger was read.
  if not redis.call('ZSCORE', ends, ARGV[i]) then
    offered[#offered + 1] = ARGV[i]
    offered[#offered + 1] = ARGV[i]
  end
end
call('ZADD', free, offered)
redis.call('HSET', pool, 'since', now, 'chunks', ARGV[2], 'next', ARGV[3])
return 1
