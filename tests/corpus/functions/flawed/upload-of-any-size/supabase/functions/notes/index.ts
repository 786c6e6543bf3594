Deno.serve(async (req) => {
  const bytes = await req.arrayBuffer();
  return Response.json({ bytes: bytes.byteLength });
});
