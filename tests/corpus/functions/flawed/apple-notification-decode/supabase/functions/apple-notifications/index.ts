import { Buffer } from "node:buffer";
import jwt from "npm:jsonwebtoken@9.0.2";
import { createClient } from "npm:@supabase/supabase-js@2.47.10";

interface Notification {
  notificationType: string;
  data: { bundleId: string; signedTransactionInfo: string };
}
interface Transaction {
  originalTransactionId: string;
  productId: string;
  expiresDate: number;
}

const BUNDLE_ID = "io.tidemark.app";
const STATUS: Record<string, string> = {
  SUBSCRIBED: "active",
  DID_RENEW: "active",
  EXPIRED: "expired",
  REFUND: "refunded",
};

function open<T>(jws: string): T | null {
  const payload = jwt.decode(jws, { json: true });
  return payload as T | null;
}

Deno.serve(async (req) => {
  const raw = Buffer.from(await req.arrayBuffer()).toString("utf8");
  let signed: unknown;
  try {
    signed = JSON.parse(raw).signedPayload;
  } catch {
    return new Response("bad request", { status: 400 });
  }
  if (typeof signed !== "string") return new Response("bad request", { status: 400 });

  const notification = open<Notification>(signed);
  if (notification?.data?.bundleId !== BUNDLE_ID) return new Response("ignored", { status: 202 });
  const status = STATUS[notification.notificationType];
  const tx = open<Transaction>(notification.data.signedTransactionInfo);
  if (!status || !tx) return new Response("ignored", { status: 202 });

  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await db
    .from("subscriptions")
    .update({ status, product: tx.productId, expires_at: new Date(tx.expiresDate).toISOString() })
    .eq("original_transaction_id", tx.originalTransactionId);
  if (error) {
    console.error("subscription update", error.code);
    return new Response("retry later", { status: 500 });
  }
  return new Response("ok");
});
