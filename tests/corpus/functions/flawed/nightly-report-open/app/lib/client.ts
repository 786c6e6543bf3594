export const nightlyReportUrl = `${process.env.SUPABASE_URL}/functions/v1/nightly-report`;
