Deno.serve(async (req) => {
  const { url } = await req.json();
  const page = await fetch(url, { signal: AbortSignal.timeout(5000) });
  return new Response(await page.text());
});
