Deno.serve(async (req) => {
  const token = Deno.env.get("FCM_ACCESS_TOKEN");
  const { title } = await req.json();
  if (typeof title !== "string" || title.length > 200) return new Response("bad request", { status: 400 });
  const answer = await fetch("https://fcm.googleapis.com/v1/projects/example/messages:send", {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ message: { topic: "news", notification: { title } } }),
    signal: AbortSignal.timeout(5000),
  });
  return new Response(null, { status: answer.ok ? 204 : 502 });
});
