async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

export type CronCheck = "ok" | "denied" | "unconfigured";

export async function checkCron(req: Request): Promise<CronCheck> {
  const secret = Deno.env.get("CRON_SECRET")?.trim();
  if (!secret) return "unconfigured";
  const presented = req.headers.get("x-cron-secret");
  if (presented === null) return "denied";
  const [a, b] = await Promise.all([digest(secret), digest(presented)]);
  let diff = 0;
  for (let i = 0; i < a.length; i++) diff |= a[i] ^ b[i];
  return diff === 0 ? "ok" : "denied";
}
