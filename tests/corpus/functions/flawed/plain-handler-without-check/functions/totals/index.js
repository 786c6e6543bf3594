import { createClient } from "@supabase/supabase-js";

const admin = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);

export default async function handler(req, res) {
  const { error } = await admin.from("logs").delete().lt("at", "2024-01-01");
  if (error) return res.status(503).json({ error: "unavailable" });
  res.status(200).json({ ok: true });
}
