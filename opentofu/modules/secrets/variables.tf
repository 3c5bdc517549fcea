variable "project_id" {
  description = "Project of the secrets."
  type        = string
}

variable "region" {
  description = "The one region in which values are kept."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1."
  }
}

variable "secrets" {
  description = "Secrets by name, and who may read them (IAM members by a name of your own). Containers only: values are added with gcloud, so that none is ever in state."
  type = map(object({
    accessors = optional(map(string), {})
  }))

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[a-zA-Z0-9_-]{1,255}$", name))])
    error_message = "secrets: a name must be 1 to 255 letters, digits, '_' and '-'; these are not: ${join(", ", [for name in keys(var.secrets) : name if !can(regex("^[a-zA-Z0-9_-]{1,255}$", name))])}."
  }

  validation {
    condition = alltrue(flatten([
      for secret in var.secrets : [for member in values(secret.accessors) : !contains(["allUsers", "allAuthenticatedUsers"], member)]
    ]))
    error_message = "secrets: accessors must be named one by one, not allUsers or allAuthenticatedUsers."
  }
}

variable "labels" {
  description = "Labels of each secret."
  type        = map(string)
  default     = {}
}
