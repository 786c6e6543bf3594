const BASE = import.meta.env.VITE_SUPABASE_URL;

export async function segmentCount(accessToken: string) {
  const res = await fetch(`${BASE}/functions/v1/segment-count`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ table: "contacts", where: "country = 'SE'" }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!res.ok) throw new Error(`segment-count answered ${res.status}`);
  return await res.json();
}
