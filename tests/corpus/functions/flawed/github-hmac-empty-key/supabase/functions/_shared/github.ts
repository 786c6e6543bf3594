import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";

export function verifyGithub(raw: string, header: string | null): boolean {
  if (!header) return false;
  const secret = Deno.env.get("GITHUB_WEBHOOK_SECRET") ?? "";
  const digest = "sha256=" + createHmac("sha256", secret).update(raw).digest("hex");
  const a = Buffer.from(digest);
  const b = Buffer.from(header);
  return a.length === b.length && timingSafeEqual(a, b);
}
