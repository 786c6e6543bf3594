export const catalogUrl = `${process.env.SUPABASE_URL}/functions/v1/catalog`;
