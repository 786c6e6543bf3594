gcp_project_id = "bee-mvp-prod"
supabase_url   = "https://abcdefghijklmnopqrst.supabase.co"
alert_emails   = ["oncall@example.com"]

services = {
  recalculation = {
    image                 = "us-central1-docker.pkg.dev/bee-mvp-prod/bee/recalculation@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    service_account_email = "recalculation@bee-mvp-prod.iam.gserviceaccount.com"
    secrets               = { DATABASE_URL = "bee-database-url" }
  }
}
