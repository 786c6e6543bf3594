import Stripe from "npm:stripe@17.2.0";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

function required(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const stripe = new Stripe(required("STRIPE_SECRET_KEY"), { httpClient: Stripe.createFetchHttpClient(), timeout: 10_000 });
const webhookSecret = required("STRIPE_WEBHOOK_SECRET");
const cryptoProvider = Stripe.createSubtleCryptoProvider();
const admin = createClient(required("SUPABASE_URL"), required("SUPABASE_SERVICE_ROLE_KEY"));

Deno.serve(async (req) => {
  const signature = req.headers.get("Stripe-Signature");
  if (!signature) return new Response("missing signature", { status: 400 });
  let event: Stripe.Event;
  try {
    event = await stripe.webhooks.constructEventAsync(await req.text(), signature, webhookSecret, undefined, cryptoProvider);
  } catch {
    return new Response("bad signature", { status: 400 });
  }

  switch (event.type) {
    case "customer.subscription.updated":
    case "customer.subscription.deleted": {
      const subscription = event.data.object;
      const { error } = await admin
        .from("subscriptions")
        .update({ status: subscription.status, ends_at: new Date(subscription.current_period_end * 1000).toISOString() })
        .eq("stripe_id", subscription.id);
      if (error) {
        console.error("stripe-webhook", event.id, error.code);
        return new Response("unavailable", { status: 503 });
      }
      break;
    }
    default:
      console.log("stripe-webhook: nothing to do for", event.type);
  }
  return Response.json({ received: true });
});
