variable "project_id" {
  description = "Project of the environment whose state is kept."
  type        = string
}

variable "project_number" {
  description = "Its number: gcloud projects describe PROJECT --format='value(projectNumber)'."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is '${var.project_number}'; it must be the project's number, not its id."
  }
}

variable "region" {
  description = "Region of the bucket and its keys."
  type        = string
  default     = "us-central1"
}

variable "writers" {
  description = "Who may change what is built: IAM members by a name of your own."
  type        = map(string)

  validation {
    condition     = length(var.writers) > 0
    error_message = "writers is empty; nobody could write the state."
  }
}

variable "readers" {
  description = "Who may compare it with what is there: the account that looks for drift, once the environment made it."
  type        = map(string)
  default     = {}
}
