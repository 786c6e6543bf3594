variable "deploy_functions" {
  description = "False: no services at all. The plan's infrastructure rollback."
  type        = bool
  nullable    = false
}

variable "services" {
  description = "Services by name."
  type = map(object({
    image                 = string
    service_account_email = string
    secrets               = optional(map(string), {})
    env                   = optional(map(string), {})
    min_instances         = optional(number, 0)
    max_instances         = optional(number, 10)
    cpu                   = optional(string, "1")
    memory                = optional(string, "512Mi")
    timeout_seconds       = optional(number, 60)
    public                = optional(bool, false)
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.services) : can(regex("^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$", name))])
    error_message = "Service names have 1 to 49 lower-case letters, digits and dashes, and begin with a letter."
  }

  validation {
    condition     = length(setintersection(keys(var.services), ["today-feed-generator", "momentum-intervention-engine", "batch-events", "realtime-momentum-sync"])) == 0
    error_message = "The audit's verdict on today-feed-generator, momentum-intervention-engine, batch-events and realtime-momentum-sync is DELETE: they are not deployed again. What still runs belongs to legacy_services."
  }

  validation {
    condition     = alltrue([for service in values(var.services) : can(regex("@sha256:[0-9a-f]{64}$", service.image))])
    error_message = "Images are named by digest (name@sha256:…): a tag may be another image tomorrow, and no rollback then."
  }

  validation {
    condition     = alltrue([for service in values(var.services) : service.min_instances >= 0 && service.max_instances >= 1 && service.min_instances <= service.max_instances && service.max_instances <= 100])
    error_message = "0 <= min_instances <= max_instances <= 100, and max_instances is at least 1."
  }

  validation {
    condition     = alltrue([for service in values(var.services) : service.timeout_seconds >= 1 && service.timeout_seconds <= 3600])
    error_message = "timeout_seconds is 1 to 3600."
  }

  validation {
    condition     = alltrue(flatten([for service in values(var.services) : [for name in keys(service.env) : !can(regex("(KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL)", upper(name)))]]))
    error_message = "Values of env are readable in the state. Secrets are named in secrets, as the id of a Secret Manager secret."
  }
}

variable "legacy_services" {
  description = "Images of legacy services that still run, by name, until each is retired by its name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.legacy_services) : contains(["today-feed-generator", "momentum-intervention-engine", "batch-events", "realtime-momentum-sync"], name)])
    error_message = "Only today-feed-generator, momentum-intervention-engine, batch-events and realtime-momentum-sync are legacy services."
  }
}
