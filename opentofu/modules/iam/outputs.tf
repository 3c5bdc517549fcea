output "node_service_account" {
  description = "Email of the nodes' account."
  value       = google_service_account.nodes.email
  depends_on  = [google_project_iam_member.nodes]
}

output "job_service_accounts" {
  description = "Emails of the jobs' accounts: build, deploy, drift."
  value       = { for job, account in google_service_account.job : job => account.email }
}

output "github_provider" {
  description = "Workload identity provider: workload_identity_provider of google-github-actions/auth."
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "workload_identity_pool" {
  description = "The operator's setting licensing-operator.kms.workload-identity-pool."
  value       = "projects/${var.project_number}/locations/global/workloadIdentityPools/${var.workload_pool}"
}
