export async function passesTurnstile(response: string, ip: string | null): Promise<boolean> {
  const secret = Deno.env.get("TURNSTILE_SECRET_KEY");
  if (!secret) throw new Error("TURNSTILE_SECRET_KEY is not set");
  const form = new URLSearchParams({ secret, response });
  if (ip) form.set("remoteip", ip);
  const res = await fetch("https://challenges.cloudflare.com/turnstile/v0/siteverify", {
    method: "POST",
    body: form,
    signal: AbortSignal.timeout(5_000),
  });
  if (!res.ok) throw new Error(`siteverify answered ${res.status}`);
  const { success, hostname } = await res.json();
  return success === true && hostname === "www.millbrook-joinery.com";
}
