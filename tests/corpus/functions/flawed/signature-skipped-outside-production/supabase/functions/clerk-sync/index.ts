import { Webhook } from "npm:svix@1.37.0";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

type UserEvent = { type: "user.created" | "user.deleted"; data: { id: string } };

Deno.serve(async (req) => {
  const payload = await req.text();
  const secret = Deno.env.get("CLERK_WEBHOOK_SECRET");
  let event: UserEvent;
  if (secret) {
    try {
      event = new Webhook(secret).verify(payload, {
        "svix-id": req.headers.get("svix-id") ?? "",
        "svix-timestamp": req.headers.get("svix-timestamp") ?? "",
        "svix-signature": req.headers.get("svix-signature") ?? "",
      }) as UserEvent;
    } catch {
      return new Response("bad signature", { status: 401 });
    }
  } else {
    event = JSON.parse(payload);
  }
  if (typeof event.data.id !== "string") return new Response("bad request", { status: 400 });

  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  if (event.type === "user.deleted") {
    const { error } = await admin.from("profiles").delete().eq("clerk_id", event.data.id);
    if (error) return new Response("unavailable", { status: 503 });
  }
  return new Response(null, { status: 204 });
});
