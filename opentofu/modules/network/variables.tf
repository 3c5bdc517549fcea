variable "project_id" {
  description = "Project of the network."
  type        = string
}

variable "region" {
  description = "Region of the subnet, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "name" {
  description = "Name of the network, and the beginning of the names in it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "name is '${var.name}'; it must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "ranges" {
  description = "CIDR ranges: of nodes, of their pods and Services, and of what Google runs for the project (Cloud SQL, Memorystore). None may overlap another."
  type = object({
    nodes            = optional(string, "10.10.0.0/22")
    pods             = optional(string, "10.20.0.0/16")
    services         = optional(string, "10.30.0.0/20")
    private_services = optional(string, "10.40.0.0/20")
  })
  default = {}

  validation {
    condition = alltrue([
      for range in values(var.ranges) : can(cidrhost(range, 0)) && try(cidrhost(range, 0) == split("/", range)[0], false)
    ])
    error_message = "ranges has what is no range, or does not begin at a range's first address: ${join(", ", [
      for name, range in var.ranges : "${name} = ${range}" if !(can(cidrhost(range, 0)) && try(cidrhost(range, 0) == split("/", range)[0], false))
    ])}."
  }

  validation {
    condition = alltrue([
      for pair in setproduct(keys(var.ranges), keys(var.ranges)) :
      pair[0] == pair[1] || !try(cidrcontains(var.ranges[pair[0]], var.ranges[pair[1]]), false)
    ])
    error_message = "ranges must not overlap: ${join(", ", [
      for pair in setproduct(keys(var.ranges), keys(var.ranges)) : "${pair[0]} (${var.ranges[pair[0]]}) contains ${pair[1]} (${var.ranges[pair[1]]})"
      if pair[0] != pair[1] && try(cidrcontains(var.ranges[pair[0]], var.ranges[pair[1]]), false)
    ])}."
  }
}

variable "node_tag" {
  description = "Network tag of the nodes that the load balancer may reach."
  type        = string
  default     = "licensing-node"
}

variable "load_balancer_ports" {
  description = "Ports of pods that Google's load balancers and health checks may reach; all else from outside is denied."
  type        = set(string)
  default     = ["8080"]
}

variable "nat_address_count" {
  description = "Fixed addresses for what goes out. 0 lets Google choose; more are for partners who let in known addresses only."
  type        = number
  default     = 0

  validation {
    condition     = var.nat_address_count >= 0 && var.nat_address_count <= 10
    error_message = "nat_address_count is ${var.nat_address_count}; it must be 0 to 10."
  }
}

variable "flow_log_sampling" {
  description = "Share of the subnet's flows that is logged, 0 to 1. 0 logs none."
  type        = number
  default     = 0.1

  validation {
    condition     = var.flow_log_sampling >= 0 && var.flow_log_sampling <= 1
    error_message = "flow_log_sampling is ${var.flow_log_sampling}; it must be 0 to 1."
  }
}
