const endpoint = "https://hooks.example.net/v1/events";

async function deliver(body: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const res = await fetch(endpoint, { method: "POST", body, signal: AbortSignal.timeout(5_000) });
      if (res.ok) return;
    } catch (error) {
      console.warn("relay: attempt failed", attempt, (error as Error).name);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

Deno.serve(async (req) => {
  const { kind } = await req.json();
  if (kind !== "created" && kind !== "removed") return new Response("bad request", { status: 400 });
  await deliver(JSON.stringify({ kind }));
  return new Response(null, { status: 202 });
});
