import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import { BookingService } from "./service.ts";

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await db.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", "") ?? "");
  if (!user) return Response.json({ error: "unauthorized" }, { status: 401 });

  const payKey = Deno.env.get("PAYLANE_KEY");
  if (!payKey) return Response.json({ error: "payments are not configured" }, { status: 503 });

  const bookingId = (await req.json().catch(() => null))?.bookingId;
  if (!Number.isSafeInteger(bookingId)) return Response.json({ error: "bookingId" }, { status: 400 });

  const service = new BookingService(db, payKey);
  try {
    const booking = await service.owned(bookingId, user.id);
    if (!booking) return Response.json({ error: "unknown booking" }, { status: 404 });
    if (booking.state === "cancelled") return Response.json({ error: "already cancelled" }, { status: 409 });
    await service.refund(booking.charge_id);
    await service.cancel(booking.id);
    return Response.json({ cancelled: booking.id });
  } catch (err) {
    console.error("cancel-booking", err);
    return Response.json({ error: "the booking was not cancelled" }, { status: 502 });
  }
});
