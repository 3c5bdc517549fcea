output "project_id" {
  description = "The project, once its APIs are on: what takes the id from here waits for them."
  value       = var.project_id
  depends_on  = [google_project_service.this]
}

output "services" {
  description = "The APIs that are on by this module."
  value       = toset([for service in google_project_service.this : service.service])
}
