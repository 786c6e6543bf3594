import { decodeProtectedHeader, jwtVerify } from "npm:jose@5.9.6";
import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import { keyFor } from "./keys.ts";

async function partnerFrom(token: string): Promise<string | null> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = kid ? await keyFor(kid) : null;
    if (!key) return null;
    const { payload } = await jwtVerify(token, key, {
      issuer: "https://id.partnerbank.example",
      audience: "ledgerly",
      algorithms: ["ES256"],
      maxTokenAge: "5 minutes",
    });
    return typeof payload.sub === "string" ? payload.sub : null;
  } catch (err) {
    console.warn("assertion refused:", err instanceof Error ? err.name : "unknown");
    return null;
  }
}

Deno.serve(async (req) => {
  const form = await req.formData().catch(() => null);
  const assertion = form?.get("assertion");
  if (typeof assertion !== "string" || assertion.length > 8192) return new Response("bad request", { status: 400 });

  const partner = await partnerFrom(assertion);
  if (!partner) return new Response("unauthorized", { status: 401 });

  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data, error } = await db
    .from("partner_accounts")
    .select("account_number, opened_at")
    .eq("partner_subject", partner)
    .limit(20);
  if (error) {
    console.error("partner_accounts", error.code);
    return new Response("internal error", { status: 500 });
  }
  return Response.json({ accounts: data });
});
