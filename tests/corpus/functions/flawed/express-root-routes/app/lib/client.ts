export const surveysUrl = `${process.env.SUPABASE_URL}/functions/v1/surveys`;
