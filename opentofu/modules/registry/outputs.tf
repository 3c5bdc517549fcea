output "repository_id" {
  description = "Id of the repository."
  value       = google_artifact_registry_repository.this.id
}

output "image_prefix" {
  description = "What every image's name begins with: the prefix that the admission policy lets the operator's account run."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${var.repository_id}/"
}
