output "issuer" {
  description = "Issuer of the tokens: spec.auth.issuers of a Tenant."
  value       = "https://securetoken.google.com/${var.project_id}"
}

output "audience" {
  description = "Their audience."
  value       = var.project_id
}

output "tenant_ids" {
  description = "Ids of the tenants by name: what their tokens say as firebase.tenant."
  value       = { for name, tenant in google_identity_platform_tenant.this : name => tenant.name }
}
