-- Counts requests in the second they fall into, by who sent them.
-- KEYS  the tenant's limits, what each principal has had of this second
-- ARGV  for each principal: its name, empty where it has none; how many requests
-- gives nothing without limits; else the limit and what is left of it for the tenant, the limit of a
-- principal, the milliseconds until the next second; then for each principal how many are admitted,
-- and what it has left
local known = redis.call('HMGET', KEYS[1], 'tenant', 'principal', 'second', 'count')
if not known[1] then
  return {}
end
local ofTenant, ofPrincipal = tonumber(known[1]), tonumber(known[2])
local time = redis.call('TIME')
local left = ofTenant
if known[3] == time[1] then
  left = math.max(0, ofTenant - tonumber(known[4]))
else
  redis.call('UNLINK', KEYS[2])
end
local answer = {ofTenant, 0, ofPrincipal, math.max(1, 1000 - math.floor(time[2] / 1000))}
for i = 1, #ARGV, 2 do
  local principal, wanted = ARGV[i], tonumber(ARGV[i + 1])
  local own = ofPrincipal
  if principal ~= '' then
    own = math.max(0, own - tonumber(redis.call('HGET', KEYS[2], principal) or 0))
  else
    own = left
  end
  local admitted = math.min(wanted, own, left)
  if principal ~= '' and admitted > 0 then
    redis.call('HINCRBY', KEYS[2], principal, admitted)
  end
  left = left - admitted
  table.insert(answer, admitted)
  table.insert(answer, own - admitted)
end
answer[2] = left
redis.call('HSET', KEYS[1], 'second', time[1], 'count', ofTenant - left)
return answer
