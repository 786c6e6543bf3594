Deno.serve(async (req) => {
  console.log("headers", req.headers);
  const body = await req.json();
  console.info(body);
  return new Response("ok");
});
