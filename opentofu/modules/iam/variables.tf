variable "project_id" {
  description = "Project of the accounts."
  type        = string
}

variable "project_number" {
  description = "Number of the project: it is part of the names of workload identities."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is '${var.project_number}'; it must be the project's number, not its id."
  }
}

variable "workload_pool" {
  description = "Workload identity pool of the cluster, PROJECT.svc.id.goog."
  type        = string
}

variable "key_ring_id" {
  description = "Key ring of the tenants' root keys, in which the operator makes them."
  type        = string
}

variable "operator" {
  description = "Kubernetes ServiceAccount of the operator."
  type = object({
    namespace       = optional(string, "licensing-system")
    service_account = optional(string, "licensing-operator")
  })
  default = {}
}

variable "github_repository" {
  description = "Repository whose workflows build, deploy and look for drift, as OWNER/NAME."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "github_repository is '${var.github_repository}'; it must be OWNER/NAME."
  }
}

variable "github_branch" {
  description = "The only branch whose workflows may come in."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]+$", var.github_branch))
    error_message = "github_branch is '${var.github_branch}'; it must be a branch's name, such as main."
  }
}

variable "github_environments" {
  description = "GitHub environment of each job: an approval that it asks for is asked before the job can come in here."
  type = object({
    build  = optional(string, "build")
    deploy = string
    drift  = optional(string, "drift")
  })
}
