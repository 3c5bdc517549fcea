-- Proposes a slot to each of some holders, in turn, and sets free ones aside for a moment.
-- ARGV  how long to set aside (ms), how many held slots to step over at most, then the holders
-- gives for each holder what and a number: own slot | free slot | full slot that ends first, or 0 | load 0 | ask 0;
--       nothing at all where the pool was never loaded
local aside, steps = tonumber(ARGV[1]), tonumber(ARGV[2])
local first_holder = 3
local wanted = #ARGV - first_holder + 1

local known = redis.call('HMGET', pool, 'state', 'limit', 'next')
if not known[1] or not known[2] then
  return {}
end
local loaded, limit, next = known[1] == 'loaded', tonumber(known[2]), tonumber(known[3])

-- Slots whose lease, or whose being set aside, has ended are free.
local ended = redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, 16 + wanted)
if #ended > 0 then
  local freed = {}
  for n, entry in ipairs(redis.call('HMGET', slots, unpack(ended))) do
    local _, last = parsed(entry)
    if last ~= '' and redis.call('HGET', holders, last) == ended[n] then
      redis.call('HDEL', holders, last)
    end
    freed[#freed + 1] = ended[n]
    freed[#freed + 1] = ended[n]
  end
  call('ZREM', ends, ended)
  call('ZADD', free, freed)
end

local homes = redis.call('HMGET', holders, unpack(ARGV, first_holder))
local lowest = redis.call('ZRANGE', free, 0, wanted - 1)
local taken, held_until, aside_now = {}, {}, {}

local function set_aside(slot)
  aside_now[tostring(slot)] = true
  held_until[#held_until + 1] = now + aside
  held_until[#held_until + 1] = slot
  return tonumber(slot)
end

local function own(n)
  local slot = homes[n]
  if not slot then
    return nil
  end
  local _, holder = parsed(redis.call('HGET', slots, slot))
  local slot_end = redis.call('ZSCORE', ends, slot)
  if holder == ARGV[first_holder + n - 1] and slot_end and tonumber(slot_end) > now then
    return tonumber(slot)
  end
  return nil
end

local function listed()
  local slot = lowest[#taken + 1]
  if not slot or tonumber(slot) > limit then
    return nil
  end
  taken[#taken + 1] = slot
  return set_aside(slot)
end

-- Slots above "next" were not offered yet; some may be held, since the ledger chooses by itself at times.
local function unlisted()
  while loaded and next < limit and steps > 0 do
    next = next + 1
    if not aside_now[tostring(next)] and not redis.call('ZSCORE', ends, next) then
      return set_aside(next)
    end
    steps = steps - 1
  end
  return nil
end

-- Of the slots that end first, the first that somebody holds; the others are only set aside.
local function ends_first()
  local soonest = redis.call('ZRANGE', ends, 0, 15)
  if #soonest > 0 then
    for n, entry in ipairs(redis.call('HMGET', slots, unpack(soonest))) do
      local _, holder = parsed(entry)
      if holder ~= '' then
        return tonumber(soonest[n])
      end
    end
  end
  return 0
end

local answers = {}
local function answer(what, number)
  answers[#answers + 1] = what
  answers[#answers + 1] = number
end

local full
for n = 1, wanted do
  local slot = own(n)
  if slot then
    answer('own', slot)
  else
    slot = listed() or unlisted()
    if slot then
      answer('free', slot)
    elseif not loaded then
      answer('load', 0)
    elseif next < limit then
      answer('ask', 0)
    else
      full = full or ends_first()
      answer('full', full)
    end
  end
end
call('ZREM', free, taken)
call('ZADD', ends, held_until)
if next ~= tonumber(known[3]) then
  redis.call('HSET', pool, 'next', next)
end
return answers
