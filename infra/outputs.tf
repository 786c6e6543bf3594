output "deployed_services" {
  description = "Names of the services that run by this configuration."
  value       = sort(keys(module.selection.services))
}

output "service_urls" {
  description = "URL of each service."
  value       = { for name, service in google_cloud_run_v2_service.function : name => service.uri }
}
