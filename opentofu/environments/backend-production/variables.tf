variable "project_id" {
  description = "Project that holds all of production, and nothing else."
  type        = string
}

variable "project_number" {
  description = "Its number: gcloud projects describe PROJECT --format='value(projectNumber)'."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of the state, as opentofu/bootstrap made it."
  type        = string
}

variable "state_key" {
  description = "Key that encrypts the state, as opentofu/bootstrap made it."
  type        = string
}

variable "region" {
  description = "Region of everything that has one."
  type        = string
  default     = "us-central1"
}

variable "domain" {
  description = "Domain under which each tenant has a host, such as licences.example.com."
  type        = string
}

variable "dns_zone_name" {
  description = "Cloud DNS zone that has the domain already. Null makes one."
  type        = string
  default     = null
}

variable "ranges" {
  description = "CIDR ranges of the network, where the usual ones overlap with others of yours: nodes, pods, services, private_services."
  type        = map(string)
  default     = {}
}

variable "identity_tenants" {
  description = "Tenants of Identity Platform."
  type        = set(string)
  default     = []
}

variable "github_repository" {
  description = "Repository whose workflows build, deploy and look for drift, as OWNER/NAME."
  type        = string
}

variable "notification_emails" {
  description = "Addresses that alerts and the budget are sent to."
  type        = set(string)
}

variable "uptime_hosts" {
  description = "Tenants' hosts that are asked from all over the world whether they answer."
  type        = set(string)
  default     = []
}

variable "billing_account" {
  description = "Billing account for the budget alert. Null makes none."
  type        = string
  default     = null
}
