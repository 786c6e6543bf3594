import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { OrderService } from "./order-service.ts";

const service = createClient(
  Deno.env.get("SUPABASE_URL") ?? "",
  Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") ?? "",
  { auth: { persistSession: false } },
);
const orders = new OrderService(service);

Deno.serve(async (request: Request): Promise<Response> => {
  if (request.method !== "POST") return new Response(null, { status: 405 });

  const jwt = request.headers.get("Authorization")?.replace(/^Bearer /i, "");
  if (!jwt) return new Response(null, { status: 401 });
  const { data: auth, error: authError } = await service.auth.getUser(jwt);
  if (authError || !auth.user) return new Response(null, { status: 401 });

  const body = await request.json();
  if (typeof body.orderId !== "string" || typeof body.userId !== "string") {
    return Response.json({ error: "orderId and userId are texts" }, { status: 400 });
  }

  const cancelled = await orders.cancel(body.orderId, body.userId);
  return Response.json({ cancelled }, { status: cancelled ? 200 : 404 });
});
