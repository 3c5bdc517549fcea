output "address" {
  description = "The reserved address."
  value       = google_compute_global_address.this.address
}

output "address_name" {
  description = "Its name: spec.addresses of the Gateway."
  value       = google_compute_global_address.this.name
}

output "certificate_map_name" {
  description = "The Gateway's annotation networking.gke.io/certmap."
  value       = google_certificate_manager_certificate_map.this.name
}

output "security_policy_name" {
  description = "Cloud Armor policy, as BackendConfig and GCPBackendPolicy name it."
  value       = google_compute_security_policy.this.name
}

output "ssl_policy_name" {
  description = "SSL policy, as FrontendConfig and GCPGatewayPolicy name it."
  value       = google_compute_ssl_policy.this.name
}

output "name_servers" {
  description = "What the domain must be delegated to by NS records; empty where the zone was there already."
  value       = try(google_dns_managed_zone.this[0].name_servers, [])
}
