Deno.serve(async (req) => {
  const { formula } = await req.json();
  if (typeof formula !== "string" || formula.length > 200) return new Response("bad request", { status: 400 });
  const value = eval(formula);
  return Response.json({ value });
});
