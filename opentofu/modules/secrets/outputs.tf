output "secret_ids" {
  description = "Ids of the secrets by name: gcloud secrets versions add NAME adds a value."
  value       = { for name, secret in google_secret_manager_secret.this : name => secret.id }
}
