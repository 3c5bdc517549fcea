-- Takes note that a slot is free since a generation of it, unless a newer one is known.
-- KEYS  pool, ends, free, slots, holders (see RedisSeatIndex)
-- ARGV  slot, generation
local pool, ends, free, slots, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local slot, generation = ARGV[1], ARGV[2]
if not redis.call('HGET', pool, 'state') then
  return 0
end
local entry = redis.call('HGET', slots, slot)
if entry then
  local space = string.find(entry, ' ', 1, true)
  if tonumber(string.sub(entry, 1, space - 1)) > tonumber(generation) then
    return 0
  end
  local holder = string.sub(entry, space + 1)
  if holder ~= '' and redis.call('HGET', holders, holder) == slot then
    redis.call('HDEL', holders, holder)
  end
end
-- The generation stays known, so that a late heartbeat of it does not bring the holder back.
redis.call('HSET', slots, slot, generation .. ' ')
redis.call('ZREM', ends, slot)
redis.call('ZADD', free, slot, slot)
return 1
