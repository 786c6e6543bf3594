import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const handler = async (req: Request): Promise<Response> => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  let result: { sent: boolean; reason?: string } = { sent: false };
  try {
    const { email } = await req.json();
    if (typeof email !== "string" || email.length > 320) return new Response("bad request", { status: 400 });
    await supabase.from("invites").insert({ email }).throwOnError();
    result = { sent: true };
  } catch (err) {
    console.error("invite failed", (err as { code?: string }).code);
    result = { sent: false, reason: "something went wrong" };
  }
  return new Response(JSON.stringify(result), { status: 200, headers: { "Content-Type": "application/json" } });
};

Deno.serve(handler);
