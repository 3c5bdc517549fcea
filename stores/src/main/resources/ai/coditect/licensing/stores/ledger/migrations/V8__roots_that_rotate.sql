-- While a tenant's root key rotates, more than one of its versions is believed: one that signed before,
-- one that signs, one that will. Pods serve all of them to verifiers, and verify by all of them.
--
-- A pod of the version before knows root_key_version alone. It goes on signing with it, but refuses
-- what pods signed with another: do not rotate a root while pods of both versions serve.

ALTER TABLE tenants ADD COLUMN root_key_versions text[] NOT NULL DEFAULT '{}';
UPDATE tenants SET root_key_versions = ARRAY[root_key_version] WHERE root_key_version IS NOT NULL;
COMMENT ON COLUMN tenants.root_key_version IS 'the version in KMS that signs statements';
COMMENT ON COLUMN tenants.root_key_versions IS 'all versions in KMS that are believed, root_key_version among them';

GRANT SELECT (root_key_versions) ON tenants TO ${api_role};
