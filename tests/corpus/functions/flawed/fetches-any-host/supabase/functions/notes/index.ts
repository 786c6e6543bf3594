Deno.serve(async (req) => {
  const host = new URL(req.url).searchParams.get("host");
  const page = await fetch(`https://${host}/feed.xml`, { signal: AbortSignal.timeout(5000) });
  return new Response(await page.text());
});
