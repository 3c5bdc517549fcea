output "operator_settings" {
  description = "Settings of the operator that are no secrets: for the Secret licensing-operator-stores."
  value = {
    "licensing-operator.postgres.url"               = module.postgres.jdbc_url
    "licensing-operator.postgres.ca"                = module.postgres.certificate_authorities
    "licensing-operator.redis.ca"                   = module.redis.certificate_authorities
    "licensing-operator.kms.key-ring"               = module.kms.key_ring_id
    "licensing-operator.kms.workload-identity-pool" = module.iam.workload_identity_pool
  }
}

output "redis" {
  description = "Where Memorystore is; gcloud redis instances get-auth-string tells its password."
  value = {
    name = module.redis.name
    host = module.redis.host
    port = module.redis.port
  }
}

output "postgres" {
  description = "Names of Cloud SQL's instance."
  value = {
    name            = module.postgres.name
    connection_name = module.postgres.connection_name
  }
}

output "cluster" {
  description = "Name and endpoint of the cluster."
  value = {
    name         = module.gke.name
    dns_endpoint = module.gke.dns_endpoint
  }
}

output "image_prefix" {
  description = "What the names of images begin with: for the overlay's images and the admission policy."
  value       = module.registry.image_prefix
}

output "edge" {
  description = "Names that the overlay's Gateway or Ingress needs, and the name servers that the domain must be delegated to."
  value = {
    address              = module.edge.address
    address_name         = module.edge.address_name
    certificate_map_name = module.edge.certificate_map_name
    security_policy_name = module.edge.security_policy_name
    ssl_policy_name      = module.edge.ssl_policy_name
    name_servers         = module.edge.name_servers
  }
}

output "identity" {
  description = "Issuer, audience and tenants of Identity Platform: for spec.auth of a Tenant."
  value = {
    issuer     = module.identity.issuer
    audience   = module.identity.audience
    tenant_ids = module.identity.tenant_ids
  }
}

output "github" {
  description = "What the workflows need to come in: the provider, and an account for each job."
  value = {
    provider         = module.iam.github_provider
    service_accounts = module.iam.job_service_accounts
  }
}
