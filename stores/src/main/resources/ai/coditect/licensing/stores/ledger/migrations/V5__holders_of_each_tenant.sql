-- The same machine is another holder in each tenant: one that many tenants know costs none of them
-- more to find, and nobody can tell from their seats that they share it.
COMMENT ON COLUMN slots.holder IS 'SHA-256 of tenant, hardware id and instance: another one in each tenant';
