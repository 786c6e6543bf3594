import { z } from "zod";

const health = z.object({ ok: z.boolean() });

Deno.serve(() => Response.json(health.parse({ ok: true })));
