output "name" {
  description = "Name of the instance, as gcloud sql takes it."
  value       = google_sql_database_instance.this.name
}

output "connection_name" {
  description = "project:region:name, as the Auth Proxy takes it."
  value       = google_sql_database_instance.this.connection_name
}

output "private_ip_address" {
  description = "Address in the network."
  value       = google_sql_database_instance.this.private_ip_address
}

output "jdbc_url" {
  description = "The operator's setting licensing-operator.postgres.url, without user and password."
  value       = "jdbc:postgresql://${google_sql_database_instance.this.private_ip_address}:5432/${google_sql_database.ledger.name}?sslmode=verify-ca"
}

output "certificate_authorities" {
  description = "The instance's own certificate authorities, PEM: the operator's setting licensing-operator.postgres.ca."
  # The provider holds it for secret; a certificate is there to be shown.
  value = nonsensitive(join("\n", [for authority in google_sql_database_instance.this.server_ca_cert : authority.cert]))
}
