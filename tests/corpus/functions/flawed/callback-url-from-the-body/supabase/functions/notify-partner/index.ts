import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import * as v from "npm:valibot@0.42.1";
import { postJson } from "./post-json.ts";

const Body = v.object({ callbackUrl: v.pipe(v.string(), v.url()), booking: v.pipe(v.string(), v.uuid()) });

Deno.serve(async (req) => {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data: { user } } = await client.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const body = v.safeParse(Body, await req.json());
  if (!body.success) return new Response("bad request", { status: 400 });
  const status = await postJson(body.output.callbackUrl, { booking: body.output.booking });
  return Response.json({ status }, { status: status < 400 ? 200 : 502 });
});
