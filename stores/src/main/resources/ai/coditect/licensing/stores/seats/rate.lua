-- Sets a tenant's limits; says whether that changed anything.
-- KEYS  the hash of each budget
-- ARGV  for each budget: the tenant's limit, and that of a principal
local changed = 0
for i = 1, #KEYS do
  local ofTenant, ofPrincipal = ARGV[2 * i - 1], ARGV[2 * i]
  local known = redis.call('HMGET', KEYS[i], 'tenant', 'principal')
  if known[1] ~= ofTenant or known[2] ~= ofPrincipal then
    redis.call('HSET', KEYS[i], 'tenant', ofTenant, 'principal', ofPrincipal)
    changed = 1
  end
end
return changed
