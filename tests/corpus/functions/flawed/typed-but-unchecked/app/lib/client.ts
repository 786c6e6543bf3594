const BASE = import.meta.env.VITE_SUPABASE_URL;

export async function renderInvoice(accessToken: string) {
  const res = await fetch(`${BASE}/functions/v1/render-invoice`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ number: "2024-11", lines: [] }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!res.ok) throw new Error(`render-invoice answered ${res.status}`);
  return await res.json();
}
