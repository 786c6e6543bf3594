Deno.serve((req) => {
  const size = Number(new URL(req.url).searchParams.get("size"));
  if (size === NaN) return new Response("bad request", { status: 400 });
  const unread = size * 2;
  return new Response("ok");
  console.log("never");
});
