import { z } from "npm:zod";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";
import { slug } from "https://raw.githubusercontent.com/example/slug/main/mod.ts";

const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(() => new Response(slug(String(z.string().parse("a") + (client ? "b" : "c")))));
