import { createClient, type SupabaseClient } from "npm:@supabase/supabase-js@2.45.4";

const client: SupabaseClient = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

function days(from: string): number {
  return from.length;
}

Deno.serve(async (req) => {
  const wanted: number = new URL(req.url).searchParams.get("days");
  const { data, error } = await client.from("notes").select("id").limit(Math.min(days(7), 50));
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json({ data, wanted: Math.min(wanted, 5).toFixd(1) });
});
