export const stravaCallbackUrl = `${process.env.SUPABASE_URL}/functions/v1/strava-callback`;
