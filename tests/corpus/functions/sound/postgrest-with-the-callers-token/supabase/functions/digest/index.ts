const base = Deno.env.get("SUPABASE_URL")!;
const anonKey = Deno.env.get("SUPABASE_ANON_KEY")!;

Deno.serve(async (req) => {
  const authorization = req.headers.get("authorization");
  if (!authorization) return new Response("unauthorized", { status: 401 });

  const days = Math.min(Math.max(Number(new URL(req.url).searchParams.get("days") ?? 7) || 7, 1), 31);
  const since = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const query = new URLSearchParams({ select: "day,score", day: `gte.${since}`, order: "day.desc", limit: "31" });
  const res = await fetch(`${base}/rest/v1/daily_scores?${query}`, {
    headers: { apikey: anonKey, authorization },
    signal: AbortSignal.timeout(5_000),
  });
  if (res.status === 401) return new Response("unauthorized", { status: 401 });
  if (!res.ok) return new Response("unavailable", { status: 503 });
  const scores: { day: string; score: number }[] = await res.json();
  return Response.json({ days, average: scores.reduce((sum, row) => sum + row.score, 0) / Math.max(scores.length, 1) });
});
