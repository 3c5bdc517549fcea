output "key_ring_id" {
  description = "The key ring as projects/P/locations/L/keyRings/R: the operator's setting licensing-operator.kms.key-ring."
  value       = google_kms_key_ring.this.id
}

output "key_ids" {
  description = "Ids of the keys by name, known once their users have their rights."
  value       = { for name, key in google_kms_crypto_key.this : name => key.id }
  depends_on  = [google_kms_crypto_key_iam_member.user]
}
