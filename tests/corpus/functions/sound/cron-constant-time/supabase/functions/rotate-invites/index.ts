import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { checkCron } from "../_shared/cron.ts";

const STATUS = { denied: 401, unconfigured: 503 } as const;

Deno.serve(async (req) => {
  const verdict = await checkCron(req);
  if (verdict !== "ok") {
    if (verdict === "unconfigured") console.error("CRON_SECRET is missing");
    return Response.json({ error: verdict }, { status: STATUS[verdict] });
  }

  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data, error } = await db
    .from("invites")
    .update({ state: "expired" })
    .lt("expires_at", new Date().toISOString())
    .eq("state", "open")
    .select("id");
  if (error) {
    console.error("invites", error.code);
    return Response.json({ error: "failed" }, { status: 500 });
  }
  console.info("invites expired:", data.length);
  return Response.json({ expired: data.length });
});
