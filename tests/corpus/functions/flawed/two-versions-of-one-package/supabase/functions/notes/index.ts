import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { save } from "../_shared/save.ts";

const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(() => new Response(save(client)));
