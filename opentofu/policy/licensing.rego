# What no environment may have, read from its plan as JSON (tofu show -json): each finding names the rule, the resource
# and what to do. opentofu/policy/mutations.json has for each rule a change that it must find.
package licensing

import rego.v1

# Every resource that the plan leaves standing, in whichever module.
resources contains resource if {
	walk(input.planned_values.root_module, [_, resource])
	resource.mode == "managed"
}

of_type(type) := {resource | some resource in resources; resource.type == type}

finding(rule, resource, message) := {"rule": rule, "resource": resource.address, "message": message}

production if {
	some cluster in of_type("google_container_cluster")
	cluster.values.resource_labels.environment == "production"
}

# --- Postgres

deny contains finding("postgres-private", instance, "it has a public address: set ipv4_enabled to false") if {
	some instance in of_type("google_sql_database_instance")
	not instance.values.settings[0].ip_configuration[0].ipv4_enabled == false
}

deny contains finding("postgres-tls", instance, "it takes connections without TLS: set ssl_mode to ENCRYPTED_ONLY") if {
	some instance in of_type("google_sql_database_instance")
	not instance.values.settings[0].ip_configuration[0].ssl_mode in {"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}
}

deny contains finding("postgres-backups", instance, "it needs daily backups, seven of them kept") if {
	some instance in of_type("google_sql_database_instance")
	not backed_up(instance.values.settings[0].backup_configuration[0])
}

backed_up(backups) if {
	backups.enabled == true
	backups.backup_retention_settings[0].retained_backups >= 7
}

deny contains finding("postgres-point-in-time", instance, "it cannot be brought back to a point in time: set point_in_time_recovery_enabled") if {
	some instance in of_type("google_sql_database_instance")
	not instance.values.settings[0].backup_configuration[0].point_in_time_recovery_enabled == true
}

deny contains finding("postgres-standby", instance, "in production it needs a standby: set availability_type to REGIONAL") if {
	production
	some instance in of_type("google_sql_database_instance")
	not instance.values.settings[0].availability_type == "REGIONAL"
}

# --- Redis

deny contains finding("redis-standby", instance, "in production it needs a replica: set tier to STANDARD_HA") if {
	production
	some instance in of_type("google_redis_instance")
	not instance.values.tier == "STANDARD_HA"
}

deny contains finding("redis-auth", instance, "whoever reaches it may use it: set auth_enabled") if {
	some instance in of_type("google_redis_instance")
	not instance.values.auth_enabled == true
}

deny contains finding("redis-tls", instance, "it speaks without TLS: set transit_encryption_mode to SERVER_AUTHENTICATION") if {
	some instance in of_type("google_redis_instance")
	not instance.values.transit_encryption_mode == "SERVER_AUTHENTICATION"
}

# --- protected from being destroyed

deny contains finding("deletion-protection", resource, "one wrong plan destroys it: set deletion_protection") if {
	some type in {"google_container_cluster", "google_redis_instance", "google_secret_manager_secret", "google_sql_database_instance"}
	some resource in of_type(type)
	not resource.values.deletion_protection == true
}

# --- GKE

deny contains finding("gke-private-nodes", cluster, "its nodes have public addresses: set enable_private_nodes") if {
	some cluster in of_type("google_container_cluster")
	not cluster.values.private_cluster_config[0].enable_private_nodes == true
}

deny contains finding("gke-private-nodes", pool, "its nodes have public addresses: set enable_private_nodes") if {
	some pool in of_type("google_container_node_pool")
	not pool.values.network_config[0].enable_private_nodes == true
}

deny contains finding("gke-control-plane", cluster, "its control plane can be called by anybody: switch the IP endpoint off, or name who may call") if {
	some cluster in of_type("google_container_cluster")
	not cluster.values.control_plane_endpoints_config[0].ip_endpoints_config[0].enabled == false
	not named_callers(cluster)
}

named_callers(cluster) if {
	ranges := {block.cidr_block | some block in cluster.values.master_authorized_networks_config[0].cidr_blocks}
	count(ranges) > 0
	not "0.0.0.0/0" in ranges
}

deny contains finding("gke-dataplane", cluster, "NetworkPolicies are not enforced: set datapath_provider to ADVANCED_DATAPATH") if {
	some cluster in of_type("google_container_cluster")
	not cluster.values.datapath_provider == "ADVANCED_DATAPATH"
}

deny contains finding("gke-workload-identity", cluster, "pods have no identities of their own: set workload_pool") if {
	some cluster in of_type("google_container_cluster")
	not is_string(cluster.values.workload_identity_config[0].workload_pool)
}

deny contains finding("gke-workload-identity", pool, "pods can take the node's identity: set workload_metadata_config to GKE_METADATA") if {
	some pool in of_type("google_container_node_pool")
	not pool.values.node_config[0].workload_metadata_config[0].mode == "GKE_METADATA"
}

deny contains finding("gke-shielded-nodes", pool, "its nodes start whatever is on their disk: set enable_secure_boot") if {
	some pool in of_type("google_container_node_pool")
	not pool.values.node_config[0].shielded_instance_config[0].enable_secure_boot == true
}

deny contains finding("gke-kept-nodes", pool, "in production Google must not take nodes away: no preemptible ones") if {
	production
	some pool in of_type("google_container_node_pool")
	some kind in {"preemptible", "spot"}
	pool.values.node_config[0][kind] == true
}

deny contains finding("gke-release-channel", cluster, "its version is nobody's care: set release_channel") if {
	some cluster in of_type("google_container_cluster")
	not cluster.values.release_channel[0].channel in {"REGULAR", "STABLE"}
}

# --- the network

# Which is what a rule is about if it does not say.
ingress(rule) if not rule.values.direction == "EGRESS"

deny contains finding("firewall-open", rule, "it lets the whole internet in: name the ranges") if {
	some rule in of_type("google_compute_firewall")
	ingress(rule)
	count(rule.values.allow) > 0
	some range in rule.values.source_ranges
	range in {"0.0.0.0/0", "::/0"}
}

deny contains finding("firewall-closed", network, "what no rule names must be denied: a rule that denies all ingress is missing") if {
	some network in of_type("google_compute_network")
	not all_ingress_denied
}

all_ingress_denied if {
	some rule in of_type("google_compute_firewall")
	ingress(rule)
	"0.0.0.0/0" in rule.values.source_ranges
	some denied in rule.values.deny
	denied.protocol == "all"
}

# --- the edge

deny contains finding("edge-cloud-armor", address, "what comes in by it is not guarded: a Cloud Armor policy is missing") if {
	some address in of_type("google_compute_global_address")
	not address.values.purpose == "VPC_PEERING"
	count(of_type("google_compute_security_policy")) == 0
}

deny contains finding("edge-rate-limit", policy, "one address may send without end: a rule that throttles is missing") if {
	some policy in of_type("google_compute_security_policy")
	count([rule | some rule in policy.values.rule; rule.action in {"throttle", "rate_based_ban"}; not rule.preview == true]) == 0
}

owasp := {"sqli", "xss", "lfi", "rce"}

deny contains finding("edge-owasp", policy, sprintf("it does not refuse what the OWASP rules find: %s", [missing])) if {
	some policy in of_type("google_compute_security_policy")
	some missing in owasp
	count([rule |
		some rule in policy.values.rule
		startswith(rule.action, "deny")
		not rule.preview == true
		contains(rule.match[0].expr[0].expression, sprintf("'%s-", [missing]))
	]) == 0
}

deny contains finding("edge-tls", policy, "it takes TLS before 1.2: set min_tls_version") if {
	some policy in of_type("google_compute_ssl_policy")
	not policy.values.min_tls_version in {"TLS_1_2", "TLS_1_3"}
}

# --- rights

everybody := {"allUsers", "allAuthenticatedUsers"}

deny contains finding("iam-everybody", grant, "it gives a right to everybody") if {
	some grant in resources
	grant.values.member in everybody
}

# On a project: what is needed of one resource is given on that resource.
too_wide(role) if role in {"roles/owner", "roles/editor", "roles/viewer", "roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser", "roles/secretmanager.secretAccessor"}

too_wide(role) if endswith(role, "Admin")

too_wide(role) if endswith(role, ".admin")

deny contains finding("iam-too-wide", grant, sprintf("%s on the whole project is too wide", [grant.values.role])) if {
	some grant in of_type("google_project_iam_member")
	too_wide(grant.values.role)
}

deny contains finding("iam-operator-signs", role, sprintf("who makes keys must not use them: %s", [permission])) if {
	some role in of_type("google_project_iam_custom_role")
	some permission in role.values.permissions
	contains(permission, ".useTo")
}

deny contains finding("iam-no-keys", key, "a key can be lost: use workload identity") if {
	some key in of_type("google_service_account_key")
}

deny contains finding("iam-github", provider, "any repository's workflow may come in: compare assertion.repository") if {
	some provider in of_type("google_iam_workload_identity_pool_provider")
	not contains(provider.values.attribute_condition, "assertion.repository ==")
}

# --- secrets

# Memorystore's password is not among them: Google makes it, and the provider reads it. State is encrypted for its sake.
secret_values := {"auth_token", "client_secret", "password", "pem_private_key", "private_key", "root_password", "secret_data"}

deny contains finding("secret-in-state", resource, sprintf("%s would be kept in state: add the value with gcloud", [name])) if {
	some resource in resources
	walk(resource.values, [path, value])
	name := path[count(path) - 1]
	name in secret_values
	value != null
}

deny contains finding("secret-in-state", resource, "its value would be kept in state: add the version with gcloud") if {
	some type in {"google_secret_manager_secret_version", "random_password", "tls_private_key"}
	some resource in of_type(type)
}

# --- images

deny contains finding("registry-immutable-tags", repository, "a tag can come to name another image: set immutable_tags") if {
	some repository in of_type("google_artifact_registry_repository")
	not repository.values.docker_config[0].immutable_tags == true
}

deny contains finding("registry-scanning", repository, "images are not scanned: set enablement_config to INHERITED") if {
	some repository in of_type("google_artifact_registry_repository")
	not repository.values.vulnerability_scanning_config[0].enablement_config == "INHERITED"
}

# --- keys and state

deny contains finding("kms-rotation", key, "its versions are never renewed: set rotation_period") if {
	some key in of_type("google_kms_crypto_key")
	key.values.purpose == "ENCRYPT_DECRYPT"
	not is_string(key.values.rotation_period)
}

deny contains finding("bucket-private", bucket, "it can be opened to everybody: set public_access_prevention to enforced") if {
	some bucket in of_type("google_storage_bucket")
	not bucket.values.public_access_prevention == "enforced"
}

deny contains finding("bucket-versions", bucket, "a state that was overwritten is lost: switch versioning on") if {
	some bucket in of_type("google_storage_bucket")
	not bucket.values.versioning[0].enabled == true
}

# --- watched

deny contains finding("audit-keys", ring, "who signed is not on the record: audit cloudkms.googleapis.com") if {
	some ring in of_type("google_kms_key_ring")
	count(of_type("google_container_cluster")) > 0
	count([audit | some audit in of_type("google_project_iam_audit_config"); audit.values.service == "cloudkms.googleapis.com"]) == 0
}
