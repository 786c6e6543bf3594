const BASE = import.meta.env.VITE_SUPABASE_URL;

export async function updateBilling(accessToken: string) {
  const res = await fetch(`${BASE}/functions/v1/update-billing`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ profileId: "3a1f6f2e-3d32-4a6f-8c77-2f0f9f7d1a10", vatId: "DE123456789" }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!res.ok) throw new Error(`update-billing answered ${res.status}`);
  return await res.json();
}
