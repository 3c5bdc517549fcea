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
