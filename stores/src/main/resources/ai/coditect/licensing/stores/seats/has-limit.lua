-- Says whether a limit is this one.
-- KEYS  the hash that holds it
-- ARGV  limit, revision
local known = redis.call('HMGET', KEYS[1], 'limit', 'revision')
return known[1] == ARGV[1] and known[2] == ARGV[2] and 1 or 0
