export const ledgerUrl = `${process.env.SUPABASE_URL}/functions/v1/ledger`;
