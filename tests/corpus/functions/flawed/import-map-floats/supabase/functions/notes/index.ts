import { Hono } from "hono";

const app = new Hono().basePath("/notes");
app.get("/", (c) => c.text("ok"));
Deno.serve(app.fetch);
