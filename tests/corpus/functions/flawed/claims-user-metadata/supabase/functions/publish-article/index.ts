import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { type Claims, verify } from "./token.ts";

const Body = z.object({ articleId: z.number().int().positive() });

const mayPublish = ({ user_metadata: meta }: Claims) => meta?.editor === true;

Deno.serve(async (req) => {
  const claims = await verify(req);
  if (!claims) return Response.json({ error: "unauthorized" }, { status: 401 });
  if (!mayPublish(claims)) return Response.json({ error: "editors only" }, { status: 403 });

  const parsed = Body.safeParse(await req.json().catch(() => null));
  if (!parsed.success) return Response.json({ error: "articleId" }, { status: 400 });

  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data, error } = await db
    .from("articles")
    .update({ published_at: new Date().toISOString(), published_by: claims.sub })
    .eq("id", parsed.data.articleId)
    .is("published_at", null)
    .select("id")
    .maybeSingle();
  if (error) {
    console.error("publish", error.code);
    return Response.json({ error: "internal" }, { status: 500 });
  }
  return data ? Response.json(data) : Response.json({ error: "not a draft" }, { status: 409 });
});
