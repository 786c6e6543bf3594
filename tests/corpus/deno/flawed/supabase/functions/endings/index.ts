import { greeting } from "./greeting";

Deno.serve(() => new Response(greeting));
