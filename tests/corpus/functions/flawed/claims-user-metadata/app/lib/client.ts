const BASE = import.meta.env.VITE_SUPABASE_URL;

export async function publishArticle(accessToken: string) {
  const res = await fetch(`${BASE}/functions/v1/publish-article`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ articleId: 12 }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!res.ok) throw new Error(`publish-article answered ${res.status}`);
  return await res.json();
}
