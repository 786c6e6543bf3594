import type { SupabaseClient } from "npm:@supabase/supabase-js@2.45.4";

export class OrderService {
  readonly #db: SupabaseClient;

  constructor(db: SupabaseClient) {
    this.#db = db;
  }

  async cancel(orderId: string, ownerId: string): Promise<boolean> {
    const { data, error } = await this.#db
      .from("orders")
      .update({ state: "cancelled" })
      .eq("id", orderId)
      .eq("owner_id", ownerId)
      .select("id");
    if (error) throw new Error("orders are not reachable");
    return data.length > 0;
  }
}
