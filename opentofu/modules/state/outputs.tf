output "bucket" {
  description = "Name of the bucket: variable state_bucket of an environment."
  value       = google_storage_bucket.this.name
}

output "key_id" {
  description = "Key that encrypts state before it is sent: variable state_key of an environment."
  value       = google_kms_crypto_key.this["state"].id
}
