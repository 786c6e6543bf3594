output "services" {
  description = "What is to run."
  value       = var.deploy_functions ? var.services : {}
}

output "legacy_services" {
  description = "Untouched by deploy_functions: nobody rolls back by deleting what was there before."
  value       = var.legacy_services
}

output "public" {
  description = "Names of services that anybody may call."
  value       = toset([for name, service in var.services : name if var.deploy_functions && service.public])
}
