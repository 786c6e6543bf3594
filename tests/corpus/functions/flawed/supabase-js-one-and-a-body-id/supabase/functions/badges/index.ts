import { serve } from "https://deno.land/std@0.131.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@1.35.7";

serve(async (req: Request) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL") as string, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") as string);
  const jwt = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const { user, error: authError } = await supabase.auth.api.getUser(jwt);
  if (authError || !user) return new Response("unauthorized", { status: 401 });

  const { profileId, badge } = await req.json();
  if (typeof profileId !== "string" || typeof badge !== "string" || badge.length > 40) {
    return new Response("bad request", { status: 400 });
  }
  const { error } = await supabase.from("badges").insert({ profile_id: profileId, badge });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
