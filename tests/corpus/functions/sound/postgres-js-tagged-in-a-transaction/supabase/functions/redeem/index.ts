import postgres from "npm:postgres@3.4.4";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const sql = postgres(Deno.env.get("SUPABASE_DB_URL")!, { prepare: false, max: 1 });
const auth = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!).auth;

const answer = (status: number, body: Record<string, unknown>): Response => Response.json(body, { status });

Deno.serve(async (req) => {
  const token = req.headers.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
  if (!token) return answer(401, { error: "unauthorized" });
  const { data: { user }, error } = await auth.getUser(token);
  if (error || !user) return answer(401, { error: "unauthorized" });

  let code: unknown;
  try {
    ({ code } = await req.json());
  } catch {
    return answer(400, { error: "the body is no JSON" });
  }
  if (typeof code !== "string" || !/^[A-Z0-9]{8}$/.test(code)) return answer(400, { error: "code has 8 letters and digits" });

  try {
    const redeemed = await sql.begin(async (tx) => {
      const [coupon] = await tx`select id, value from coupons where code = ${code} and redeemed_by is null for update`;
      if (!coupon) return null;
      await tx`update coupons set redeemed_by = ${user.id}, redeemed_at = now() where id = ${coupon.id}`;
      return coupon.value;
    });
    return redeemed === null ? answer(404, { error: "no such coupon" }) : answer(200, { value: redeemed });
  } catch (e) {
    console.error("redeem failed", e instanceof postgres.PostgresError ? e.code : "unknown");
    return answer(503, { error: "unavailable" });
  }
});
