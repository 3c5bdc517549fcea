-- What is known of slots: the beginning of every script that takes note of them.
-- KEYS  pool, ends, free, slots, holders (see RedisSeatIndex)
local pool, ends, free, slots, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local unpack = unpack or table.unpack

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- An entry is "generation holder"; the holder is empty where the slot was freed at that generation.
local function parsed(entry)
  if not entry then
    return -1, ''
  end
  local space = string.find(entry, ' ', 1, true)
  return tonumber(string.sub(entry, 1, space - 1)), string.sub(entry, space + 1)
end

local function call(command, key, values)
  if #values > 0 then
    redis.call(command, key, unpack(values))
  end
end

-- Takes note of slots, each only where it is newer than what is known of its slot. A slot may be named once only.
-- values  from this one on, for each slot: number, generation, holder ('' where it is free), remaining milliseconds
local function note(values, first, last)
  local numbers = {}
  for i = first, last, 4 do
    numbers[#numbers + 1] = values[i]
  end
  if #numbers == 0 then
    return
  end
  local known = redis.call('HMGET', slots, unpack(numbers))
  local left, entries, homes, held, freed, not_ended, not_free = {}, {}, {}, {}, {}, {}, {}
  for n, slot in ipairs(numbers) do
    local i = first + 4 * (n - 1)
    local generation, holder, slot_end = tonumber(values[i + 1]), values[i + 2], now + tonumber(values[i + 3])
    local old_generation, old_holder = parsed(known[n])
    local newer = generation > old_generation
    if generation == old_generation and holder == '' then
      newer = old_holder ~= ''
    elseif generation == old_generation and holder == old_holder then
      newer = slot_end > tonumber(redis.call('ZSCORE', ends, slot) or 0)
    end
    if newer then
      if old_holder ~= '' and old_holder ~= holder then
        left[#left + 1] = {old_holder, slot}
      end
      -- The generation of a free slot stays known, so that a late heartbeat of it does not bring the holder back.
      entries[#entries + 1] = slot
      entries[#entries + 1] = values[i + 1] .. ' ' .. holder
      if holder == '' then
        not_ended[#not_ended + 1] = slot
        freed[#freed + 1] = slot
        freed[#freed + 1] = slot
      else
        homes[#homes + 1] = holder
        homes[#homes + 1] = slot
        held[#held + 1] = slot_end
        held[#held + 1] = slot
        not_free[#not_free + 1] = slot
      end
    end
  end
  for _, leaver in ipairs(left) do
    if redis.call('HGET', holders, leaver[1]) == leaver[2] then
      redis.call('HDEL', holders, leaver[1])
    end
  end
  call('HSET', slots, entries)
  call('HSET', holders, homes)
  call('ZADD', ends, held)
  call('ZREM', ends, not_ended)
  call('ZADD', free, freed)
  call('ZREM', free, not_free)
end

