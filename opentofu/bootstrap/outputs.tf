output "state_bucket" {
  description = "Variable state_bucket of the environment."
  value       = module.state.bucket
}

output "state_key" {
  description = "Variable state_key of the environment."
  value       = module.state.key_id
}
