export const githubDeploysUrl = `${process.env.SUPABASE_URL}/functions/v1/github-deploys`;
