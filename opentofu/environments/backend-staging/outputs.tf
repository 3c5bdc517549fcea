output "backend" {
  description = "What the next steps need: docs/google-cloud.md says where each goes."
  value       = module.backend
}
