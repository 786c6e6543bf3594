const headers = {
  "Content-Type": "application/json",
  "Cache-Control": "no-store",
  "Content-Type": "text/plain",
};

Deno.serve(() => new Response("Keep going.", { headers }));
