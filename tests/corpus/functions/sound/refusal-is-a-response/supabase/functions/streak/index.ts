import { admin, authenticate } from "../_shared/authenticate.ts";

Deno.serve(async (req) => {
  const user = await authenticate(req);
  if (user instanceof Response) return user;
  const { data, error } = await admin.from("streaks").select("days").eq("user_id", user.id).maybeSingle();
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json({ days: data?.days ?? 0 });
});
