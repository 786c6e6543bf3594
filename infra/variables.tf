variable "gcp_project_id" {
  description = "Google Cloud project of this environment."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.gcp_project_id))
    error_message = "6 to 30 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "gcp_region" {
  description = "Region of the services."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.gcp_region))
    error_message = "A region such as us-central1, not a zone."
  }
}

variable "deploy_functions" {
  description = "False: no Cloud Run services at all. The plan's infrastructure rollback."
  type        = bool
  default     = true
  nullable    = false
}

variable "services" {
  description = "Cloud Run services by name; the backend's edge functions run at Supabase, so the default is none."
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
  default  = {}
  nullable = false
}

variable "legacy_services" {
  description = "Images of legacy services that still run, by name, until each is retired by its name."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "supabase_url" {
  description = "Public URL of the Supabase project, watched from outside; null watches nothing."
  type        = string
  default     = null

  validation {
    condition     = var.supabase_url == null ? true : can(regex("^https://[a-z0-9.-]+$", var.supabase_url))
    error_message = "https:// and a host, without a path."
  }
}

variable "watched_functions" {
  description = "Edge functions whose GET /health is asked every minute."
  type        = set(string)
  default     = ["momentum-score-calculator"]
  nullable    = false

  validation {
    condition     = alltrue([for name in var.watched_functions : can(regex("^[A-Za-z][A-Za-z0-9_-]*$", name))])
    error_message = "Names of edge functions."
  }
}

variable "alert_emails" {
  description = "Who is told."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "Mail addresses."
  }
}
