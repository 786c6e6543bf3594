import type { SupabaseClient } from "npm:@supabase/supabase-js@2.45.4";
import { z } from "npm:zod@3.23.8";

const NewEntry = z.object({ text: z.string().min(1).max(5_000), mood: z.number().int().min(1).max(5) }).strict();

export class JournalController {
  constructor(private readonly db: SupabaseClient, private readonly userId: string) {}

  list = async (_req: Request): Promise<Response> => {
    const { data, error } = await this.db.from("journal").select("id, text, mood").eq("user_id", this.userId).limit(50);
    return error ? this.unavailable(error.code) : Response.json(data);
  };

  create = async (req: Request): Promise<Response> => {
    const parsed = NewEntry.safeParse(await req.json().catch(() => undefined));
    if (!parsed.success) {
      return Response.json({ error: "invalid", fields: parsed.error.issues.map((issue) => issue.path.join(".")) }, { status: 400 });
    }
    const { error } = await this.db.from("journal").insert({ ...parsed.data, user_id: this.userId });
    return error ? this.unavailable(error.code) : new Response(null, { status: 201 });
  };

  private unavailable(code: string): Response {
    console.error("journal", code);
    return Response.json({ error: "unavailable" }, { status: 503 });
  }
}
