output "network_id" {
  description = "Id of the network."
  value       = google_compute_network.this.id
}

output "subnetwork_id" {
  description = "Id of the nodes' subnet."
  value       = google_compute_subnetwork.nodes.id
}

output "pods_range_name" {
  description = "Name of the pods' secondary range."
  value       = google_compute_subnetwork.nodes.secondary_ip_range[0].range_name
}

output "services_range_name" {
  description = "Name of the Services' secondary range."
  value       = google_compute_subnetwork.nodes.secondary_ip_range[1].range_name
}

output "private_services_network_id" {
  description = "The network again, once private services can be reached from it: what Cloud SQL and Memorystore take."
  value       = google_compute_network.this.id
  depends_on  = [google_service_networking_connection.this]
}

output "private_services_range_name" {
  description = "Name of the range that Cloud SQL and Memorystore take their addresses from."
  value       = google_compute_global_address.private_services.name
}

output "node_tag" {
  description = "Network tag that nodes must have for the load balancer to reach them."
  value       = var.node_tag
}

output "nat_addresses" {
  description = "The fixed addresses that what goes out comes from; empty where Google chooses them."
  value       = google_compute_address.nat[*].address
}
