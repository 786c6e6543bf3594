const BASE = import.meta.env.VITE_SUPABASE_URL;

export async function contact(accessToken: string) {
  const res = await fetch(`${BASE}/functions/v1/contact`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Ada", email: "ada@example.com", message: "Hello there", captcha: "x" }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!res.ok) throw new Error(`contact answered ${res.status}`);
  return await res.json();
}
