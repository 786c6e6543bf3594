import { createClient } from "npm:@supabase/supabase-js@2.47.10";

interface BillingInput {
  profileId: string;
  vatId: string;
  onBehalf: boolean;
}

function parse(raw: Record<string, unknown> | null): BillingInput | undefined {
  const { profileId, vatId, onBehalf = false } = raw ?? {};
  if (typeof profileId !== "string" || profileId.length !== 36) return;
  if (typeof vatId !== "string" || !/^[A-Z]{2}[0-9A-Z]{2,12}$/.test(vatId)) return;
  if (typeof onBehalf !== "boolean") return;
  return { profileId, vatId, onBehalf };
}

const env = (name: string): string => {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

Deno.serve(async (req) => {
  const sb = createClient(env("SUPABASE_URL"), env("SUPABASE_SERVICE_ROLE_KEY"));

  const { data: session, error: sessionError } = await sb.auth.getUser(
    (req.headers.get("Authorization") ?? "").replace("Bearer ", ""),
  );
  if (sessionError) return Response.json({ error: "unauthorized" }, { status: 401 });

  const input = parse(await req.json().catch(() => null));
  if (!input) return Response.json({ error: "invalid billing data" }, { status: 422 });

  if (!input.onBehalf && input.profileId !== session.user.id) {
    return Response.json({ error: "forbidden" }, { status: 403 });
  }

  const { error } = await sb
    .from("billing_profiles")
    .update({ vat_id: input.vatId, changed_by: session.user.id })
    .eq("profile_id", input.profileId);
  if (error) {
    console.error("billing update", error.code);
    return Response.json({ error: "could not save" }, { status: 500 });
  }
  return Response.json({ saved: true });
});
