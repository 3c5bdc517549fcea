output "name" {
  description = "Name of the instance: gcloud redis instances get-auth-string NAME tells the password."
  value       = google_redis_instance.this.name
}

output "host" {
  description = "Address in the network."
  value       = google_redis_instance.this.host
}

output "port" {
  description = "Port, which is 6378 with TLS."
  value       = google_redis_instance.this.port
}

output "certificate_authorities" {
  description = "The instance's own certificate authorities, PEM: the operator's setting licensing-operator.redis.ca."
  value       = nonsensitive(join("\n", [for authority in google_redis_instance.this.server_ca_certs : authority.cert]))
}
