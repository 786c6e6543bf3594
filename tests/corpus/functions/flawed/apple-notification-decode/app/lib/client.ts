export const appleNotificationsUrl = `${process.env.SUPABASE_URL}/functions/v1/apple-notifications`;
