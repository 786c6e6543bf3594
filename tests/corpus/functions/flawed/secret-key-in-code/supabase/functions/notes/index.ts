import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient("https://example.supabase.co", "sb_secret_4fG7hJ2kL9mN3pQ5rS8tV1wX");

Deno.serve(() => new Response(admin ? "ok" : "off"));
