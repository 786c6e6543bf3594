const key = Deno.env.get("FCM_SERVER_KEY");

Deno.serve(async () => {
  if (!key) return new Response("not configured", { status: 503 });
  const answer = await fetch("https://fcm.googleapis.com/fcm/send", {
    method: "POST",
    headers: { authorization: `key=${key}` },
    signal: AbortSignal.timeout(5000),
  });
  return new Response(null, { status: answer.ok ? 204 : 502 });
});
