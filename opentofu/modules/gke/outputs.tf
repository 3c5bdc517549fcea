output "cluster_id" {
  description = "Id of the cluster."
  value       = google_container_cluster.this.id
}

output "name" {
  description = "Name of the cluster: gcloud container clusters get-credentials NAME --dns-endpoint."
  value       = google_container_cluster.this.name
}

output "dns_endpoint" {
  description = "Name under which the control plane is reached."
  value       = google_container_cluster.this.control_plane_endpoints_config[0].dns_endpoint_config[0].endpoint
}

output "workload_pool" {
  description = "Workload identity pool of the cluster."
  value       = google_container_cluster.this.workload_identity_config[0].workload_pool
}
