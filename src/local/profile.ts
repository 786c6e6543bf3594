/** The file that points the genuine supabase CLI at this platform: `SUPABASE_PROFILE=<path>` (CLI 3.x). */
export function renderProfile(managementUrl: string): string {
  return [
    "name: bee-local",
    `api_url: ${managementUrl}`,
    `dashboard_url: ${managementUrl}`,
    "project_host: bee.localhost",
    "pooler_host: bee.localhost",
    "",
  ].join("\n");
}
