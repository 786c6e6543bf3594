import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const { bookingId } = await req.json().catch(() => ({ bookingId: null }));
  if (typeof bookingId !== "string") return new Response("bookingId is missing", { status: 400 });

  const { data: booking, error } = await admin.from("bookings").select("id, user_id, state").eq("id", bookingId).maybeSingle();
  if (error) return new Response("unavailable", { status: 503 });
  if (!booking) return new Response("not found", { status: 404 });
  if (booking.user_id !== user.id) return new Response("not found", { status: 404 });
  if (booking.state === "cancelled") return new Response(null, { status: 204 });

  const { error: failed } = await admin.from("bookings").update({ state: "cancelled" }).eq("id", bookingId);
  if (failed) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
