export const rotateInvitesUrl = `${process.env.SUPABASE_URL}/functions/v1/rotate-invites`;
