const BASE = import.meta.env.VITE_SUPABASE_URL;

export async function sessionInfo(accessToken: string) {
  const res = await fetch(`${BASE}/functions/v1/session-info`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ refresh: false }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!res.ok) throw new Error(`session-info answered ${res.status}`);
  return await res.json();
}
