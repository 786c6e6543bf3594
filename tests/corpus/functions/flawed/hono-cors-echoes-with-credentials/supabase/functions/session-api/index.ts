import { Hono } from "npm:hono@4.6.3";
import { cors } from "npm:hono@4.6.3/cors";

const app = new Hono().basePath("/session-api");

app.use("*", cors({ origin: (origin) => origin, credentials: true, allowMethods: ["GET", "POST"] }));
app.get("/ping", (c) => c.json({ pong: true }));

Deno.serve(app.fetch);
