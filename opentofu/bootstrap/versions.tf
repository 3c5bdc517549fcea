terraform {
  required_version = ">= 1.11.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }

  # Its own state holds no secret, and is moved into the bucket once that is there: docs/google-cloud.md.
}

provider "google" {
  project = var.project_id
  region  = var.region
}
