Deno.serve(async () => {
  let left = 5;
  for (;;) {
    left -= 1;
    if (left === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  try {
    await Promise.resolve();
  } catch {
    // Nothing in there fails.
  }
  return new Response("done");
});
