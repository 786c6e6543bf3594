Deno.serve(() => new Response("gone"));
