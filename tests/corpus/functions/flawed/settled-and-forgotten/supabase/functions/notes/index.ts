import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async () => {
  const jobs = ["a", "b"].map((name) => client.rpc("refresh", { name }));
  await Promise.allSettled(jobs);
  return new Response("refreshed");
});
