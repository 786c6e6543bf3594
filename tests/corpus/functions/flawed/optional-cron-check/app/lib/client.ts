export const fxSnapshotUrl = `${process.env.SUPABASE_URL}/functions/v1/fx-snapshot`;
