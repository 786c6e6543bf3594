import { Hono } from "npm:hono@4.6.3";

const app = new Hono();
app.get("/items", (c) => c.text("items"));
Deno.serve(app.fetch);
