const key = Deno.env.get("PAYMENT_SECRET");

Deno.serve(() => {
  console.log(`using ${key}`);
  return Response.json({ key, ok: true });
});
