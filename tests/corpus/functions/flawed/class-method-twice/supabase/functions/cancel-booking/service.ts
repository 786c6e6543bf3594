import type { SupabaseClient } from "npm:@supabase/supabase-js@2.47.10";

export class BookingService {
  constructor(private readonly db: SupabaseClient, private readonly payKey: string) {}

  async owned(bookingId: number, userId: string) {
    const { data, error } = await this.db
      .from("bookings")
      .select("id, charge_id, state")
      .eq("id", bookingId)
      .eq("user_id", userId)
      .maybeSingle();
    if (error) throw error;
    return data;
  }

  async cancel(bookingId: number): Promise<void> {
    const { error } = await this.db.rpc("release_seats", { p_booking: bookingId });
    if (error) throw error;
    await this.mark(bookingId, "cancelled");
  }

  async refund(chargeId: string): Promise<void> {
    const controller = new AbortController();
    const res = await fetch("https://api.paylane.example/v1/refunds", {
      method: "POST",
      headers: { Authorization: `Bearer ${this.payKey}`, "Content-Type": "application/json" },
      body: JSON.stringify({ charge: chargeId }),
      signal: controller.signal,
    });
    if (!res.ok) throw new Error(`refund ${res.status}`);
  }

  async cancel(bookingId: number): Promise<void> {
    await this.mark(bookingId, "cancelled");
  }

  private async mark(bookingId: number, state: string): Promise<void> {
    const { error } = await this.db.from("bookings").update({ state }).eq("id", bookingId);
    if (error) throw error;
  }
}
