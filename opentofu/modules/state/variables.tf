variable "project_id" {
  description = "Project of the state."
  type        = string
}

variable "region" {
  description = "Region of the bucket and the keys, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "bucket_name" {
  description = "Name of the bucket, of which there is one in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name is '${var.bucket_name}'; it must be 3 to 63 lower-case letters, digits, '-' and '_'."
  }
}

variable "key_ring_name" {
  description = "Name of the key ring, which can never be deleted."
  type        = string
  default     = "tofu-state"
}

variable "storage_service_agent" {
  description = "Email of Cloud Storage's service agent, which encrypts the bucket: service-NUMBER@gs-project-accounts.iam.gserviceaccount.com."
  type        = string

  validation {
    condition     = can(regex("^service-[0-9]+@gs-project-accounts\\.iam\\.gserviceaccount\\.com$", var.storage_service_agent))
    error_message = "storage_service_agent is '${var.storage_service_agent}'; it must be service-NUMBER@gs-project-accounts.iam.gserviceaccount.com, as gcloud storage service-agent tells it."
  }
}

variable "writers" {
  description = "Who may change what is built: IAM members by a name of your own."
  type        = map(string)
  default     = {}
}

variable "readers" {
  description = "Who may compare it with what is there: IAM members by a name of your own."
  type        = map(string)
  default     = {}
}
