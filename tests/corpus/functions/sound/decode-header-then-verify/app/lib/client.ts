export const partnerSsoUrl = `${process.env.SUPABASE_URL}/functions/v1/partner-sso`;
