variable "project_id" {
  description = "Project of the repository."
  type        = string
}

variable "region" {
  description = "Region of the repository, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "repository_id" {
  description = "Name of the repository."
  type        = string
  default     = "licensing"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.repository_id))
    error_message = "repository_id is '${var.repository_id}'; it must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "readers" {
  description = "Who may pull images: IAM members by a name of your own."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(values(var.readers), ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "readers must be named one by one, not allUsers or allAuthenticatedUsers."
  }
}

variable "writers" {
  description = "Who may push images: IAM members by a name of your own."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(values(var.writers), ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "writers must be named one by one, not allUsers or allAuthenticatedUsers."
  }
}

variable "kept_versions" {
  description = "How many newest versions of each image are kept, whatever their age: as far back as a roll-back can go."
  type        = number
  default     = 50

  validation {
    condition     = var.kept_versions >= 10
    error_message = "kept_versions is ${var.kept_versions}; it must be at least 10, or a roll-back finds no image."
  }
}

variable "labels" {
  description = "Labels of the repository."
  type        = map(string)
  default     = {}
}
