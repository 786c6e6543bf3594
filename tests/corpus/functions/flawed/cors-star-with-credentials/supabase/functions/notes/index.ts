const cors = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Credentials": "true",
};

Deno.serve(() => new Response("ok", { headers: cors }));
