import { createClient, type SupabaseClient, type User } from "jsr:@supabase/supabase-js@2.47.10";

export type Role = "employee" | "manager" | "finance";

const RANK: Record<Role, number> = { employee: 0, manager: 1, finance: 2 };

export class AccessDenied extends Error {
  override name = "AccessDenied";
  constructor(readonly status: 401 | 403) {
    super(status === 401 ? "unauthorized" : "forbidden");
  }
}

export function roleOf(user: User): Role {
  const role = user.user_metadata?.role ?? user.app_metadata?.role;
  return role in RANK ? (role as Role) : "employee";
}

export async function requireRole(req: Request, minimum: Role): Promise<{ user: User; db: SupabaseClient }> {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const jwt = req.headers.get("authorization")?.match(/^bearer (.+)$/i)?.[1];
  const { data, error } = await db.auth.getUser(jwt ?? "");
  if (error || !data.user) throw new AccessDenied(401);
  if (RANK[roleOf(data.user)] < RANK[minimum]) throw new AccessDenied(403);
  return { user: data.user, db };
}
