Deno.serve((req) => {
  const { pathname } = new URL(req.url);
  if (pathname === "/items") return new Response("items");
  return new Response("not found", { status: 404 });
});
