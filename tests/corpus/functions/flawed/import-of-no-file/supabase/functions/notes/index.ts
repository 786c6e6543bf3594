import { cors } from "../_shared/cors.ts";

Deno.serve(() => new Response("ok", { headers: cors }));
