terraform {
  required_version = ">= 1.11.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  # Identity Platform and budgets are billed to whom the call names.
  user_project_override = true
  billing_project       = var.project_id
}
