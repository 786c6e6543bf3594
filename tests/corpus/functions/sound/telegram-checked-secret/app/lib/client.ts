export const remindersBotUrl = `${process.env.SUPABASE_URL}/functions/v1/reminders-bot`;
