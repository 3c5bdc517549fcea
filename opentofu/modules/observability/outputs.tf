output "alert_policies" {
  description = "Ids of the alert policies by the alert's name."
  value       = { for name, policy in google_monitoring_alert_policy.this : name => policy.name }
}

output "log_buckets" {
  description = "Ids of the log buckets: platform and audit."
  value = {
    platform = google_logging_project_bucket_config.platform.id
    audit    = google_logging_project_bucket_config.audit.id
  }
}
