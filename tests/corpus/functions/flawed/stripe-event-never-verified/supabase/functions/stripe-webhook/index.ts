import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import Stripe from "npm:stripe@17.2.0";

const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY") as string, { apiVersion: "2024-09-30.acacia" });
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const signature = req.headers.get("Stripe-Signature");
  if (!signature) return new Response("no signature", { status: 400 });

  const event = JSON.parse(await req.text());
  if (event.type === "checkout.session.completed" && typeof event.data?.object?.id === "string") {
    const session = await stripe.checkout.sessions.retrieve(event.data.object.id);
    const { error } = await admin.from("orders").update({ paid: true }).eq("session_id", session.id);
    if (error) return new Response("unavailable", { status: 503 });
  }
  return Response.json({ received: true });
});
