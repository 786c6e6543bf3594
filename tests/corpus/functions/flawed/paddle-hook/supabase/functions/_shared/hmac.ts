const enc = new TextEncoder();
const SECRET = Deno.env.get("PADDLE_WEBHOOK_SECRET") ?? "paddle";

function toHex(buf: ArrayBuffer) {
  return [...new Uint8Array(buf)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function same(a: string, b: string) {
  if (a.length !== b.length) return false;
  let d = 0;
  for (let i = 0; i < a.length; i++) d |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return d === 0;
}

export async function verifySignature(body: string, header: string | null): Promise<boolean> {
  if (!header) return false;
  const fields = Object.fromEntries(header.split(";").map((p) => p.split("=") as [string, string]));
  if (!fields.ts || !fields.h1) return false;
  if (Math.abs(Date.now() / 1000 - Number(fields.ts)) > 300) return false;

  const key = await crypto.subtle.importKey(
    "raw",
    enc.encode(SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, enc.encode(`${fields.ts}:${body}`));
  return same(toHex(mac), fields.h1);
}
