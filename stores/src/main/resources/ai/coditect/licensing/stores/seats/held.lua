-- Takes note of held slots, each only where it is newer than what is known of its slot.
-- KEYS  pool, ends, free, slots, holders (see RedisSeatIndex)
-- ARGV  the loader's name or '', then for each slot: number, generation, holder, remaining milliseconds
-- gives 1, or 0 where the pool is neither loaded nor being loaded (by this loader, if one is named)
local pool, ends, free, slots, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local known = redis.call('HMGET', pool, 'state', 'loader')
if not known[1] or (ARGV[1] ~= '' and known[2] ~= ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function entry_of(slot)
  local entry = redis.call('HGET', slots, slot)
  if not entry then
    return -1, ''
  end
  local space = string.find(entry, ' ', 1, true)
  return tonumber(string.sub(entry, 1, space - 1)), string.sub(entry, space + 1)
end

for i = 2, #ARGV, 4 do
  local slot, generation, holder = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local slot_end = now + tonumber(ARGV[i + 3])
  local old_generation, old_holder = entry_of(slot)
  local same = generation == old_generation and holder == old_holder
  if generation > old_generation or (same and slot_end > tonumber(redis.call('ZSCORE', ends, slot) or 0)) then
    if old_holder ~= '' and old_holder ~= holder and redis.call('HGET', holders, old_holder) == slot then
      redis.call('HDEL', holders, old_holder)
    end
    redis.call('HSET', slots, slot, ARGV[i + 1] .. ' ' .. holder)
    redis.call('HSET', holders, holder, slot)
    redis.call('ZADD', ends, slot_end, slot)
    redis.call('ZREM', free, slot)
  end
end
return 1
