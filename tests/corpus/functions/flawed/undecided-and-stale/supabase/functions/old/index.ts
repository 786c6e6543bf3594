Deno.serve(() => new Response("old"));
