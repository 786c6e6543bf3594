import { serviceClient, userClient } from "../_shared/supabase.ts";

interface Booking {
  room_id: number;
  starts_at: string;
  ends_at: string;
  guests: number;
}

Deno.serve(async (req) => {
  const { data: { user }, error: authError } = await userClient(req).auth.getUser();
  if (authError || !user) return Response.json({ error: "unauthorized" }, { status: 401 });

  let booking: Booking;
  try {
    booking = await req.json();
  } catch {
    return Response.json({ error: "invalid json" }, { status: 400 });
  }

  const { data, error } = await serviceClient()
    .from("bookings")
    .insert({ ...booking, booked_by: user.id })
    .select("id, starts_at, ends_at")
    .single();

  if (error?.code === "23P01") return Response.json({ error: "room is taken" }, { status: 409 });
  if (error) {
    console.error("bookings insert", error.code);
    return Response.json({ error: "booking failed" }, { status: 500 });
  }
  return Response.json(data, { status: 201 });
});
