-- Takes note of slots that were granted, renewed or freed.
-- ARGV  for each slot: number, generation, holder ('' where it is free), remaining milliseconds
-- gives 1, or 0 where the pool was never loaded
if not redis.call('HGET', pool, 'state') then
  return 0
end
note(ARGV, 1, #ARGV)
return 1
