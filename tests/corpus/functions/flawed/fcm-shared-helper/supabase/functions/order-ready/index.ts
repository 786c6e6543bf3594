import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { pushClient } from "../_shared/push.ts";

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

async function kitchenStaff(req: Request): Promise<string | null> {
  const { data: { user }, error } = await db.auth.getUser(req.headers.get("Authorization")?.slice(7) ?? "");
  if (error || user?.app_metadata?.station !== "kitchen") return null;
  return user.id;
}

Deno.serve(async (req) => {
  const staff = await kitchenStaff(req);
  if (!staff) return Response.json({ error: "forbidden" }, { status: 403 });

  const serverKey = Deno.env.get("FCM_SERVER_KEY");
  if (!serverKey) return Response.json({ error: "push is not configured" }, { status: 503 });

  const orderId = (await req.json().catch(() => null))?.orderId;
  if (!Number.isSafeInteger(orderId)) return Response.json({ error: "orderId" }, { status: 400 });

  const { data: order, error } = await db
    .from("orders")
    .update({ state: "ready", ready_by: staff })
    .eq("id", orderId)
    .select("id, device:devices(fcm_token)")
    .maybeSingle<{ id: number; device: { fcm_token: string } | null }>();
  if (error) {
    console.error("orders update", error.code);
    return Response.json({ error: "internal" }, { status: 500 });
  }
  if (!order) return Response.json({ error: "unknown order" }, { status: 404 });

  if (order.device) {
    await pushClient(serverKey)
      .send({ to: order.device.fcm_token, title: "Your order is ready", data: { orderId: String(order.id) } })
      .catch(() => null);
  }
  return Response.json({ ready: order.id });
});
