export const notionCallbackUrl = `${process.env.SUPABASE_URL}/functions/v1/notion-callback`;
