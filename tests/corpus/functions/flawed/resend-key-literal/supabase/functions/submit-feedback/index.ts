import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import { Mailer } from "../_shared/mailer.ts";

const mailer = new Mailer();

Deno.serve(async (req) => {
  const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization") ?? "" } },
  });
  const { data: { user } } = await sb.auth.getUser();
  if (!user) return Response.json({ error: "unauthorized" }, { status: 401 });

  const { message, rating } = await req.json();
  const { data, error } = await sb
    .from("feedback")
    .insert({ author: user.id, message, rating })
    .select("id")
    .single();
  if (error) {
    console.error("feedback insert", error.code);
    return Response.json({ error: "not stored" }, { status: 500 });
  }

  await mailer.toTeam({ subject: `Feedback #${data.id}`, text: message }).catch(() => {});
  return Response.json({ id: data.id }, { status: 201 });
});
