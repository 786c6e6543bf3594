import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { z } from "npm:zod@3.23.8";
import { logger } from "../_shared/log.ts";

const log = logger("create-staff-account");

const NewStaff = z.object({
  email: z.string().email().max(200),
  password: z.string().min(12).max(72),
  fullName: z.string().min(2).max(100),
});

const admin = createClient(
  Deno.env.get("SUPABASE_URL")!,
  Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!,
  { auth: { persistSession: false } },
);

async function callerIsManager(req: Request): Promise<boolean> {
  const jwt = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const { data: { user } } = await admin.auth.getUser(jwt);
  if (!user) return false;
  const { data, error } = await admin.from("staff").select("position").eq("id", user.id).maybeSingle();
  if (error) throw error;
  return data?.position === "manager";
}

Deno.serve(async (req) => {
  if (!(await callerIsManager(req))) return Response.json({ error: "forbidden" }, { status: 403 });

  const body = await req.json().catch(() => null);
  log.info("request", { body });

  const parsed = NewStaff.safeParse(body);
  if (!parsed.success) return Response.json({ error: "invalid account" }, { status: 400 });
  const { email, password, fullName } = parsed.data;

  const { data, error } = await admin.auth.admin.createUser({ email, password, email_confirm: true });
  if (error) {
    log.error("createUser", { code: error.code });
    return Response.json({ error: "account could not be created" }, { status: 409 });
  }

  const { error: profileError } = await admin
    .from("staff")
    .insert({ id: data.user.id, full_name: fullName, position: "clerk" });
  if (profileError) log.error("staff insert", { code: profileError.code, user: data.user.id });

  return Response.json({ created: true, id: data.user.id }, { status: 201 });
});
