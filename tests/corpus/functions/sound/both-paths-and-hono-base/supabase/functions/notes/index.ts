import { Hono } from "npm:hono@4.6.3";

const app = new Hono().basePath("/notes");
app.get("/items", (c) => c.text("items"));

Deno.serve((req) => {
  const { pathname } = new URL(req.url);
  if (pathname === "/notes/health" || pathname === "/health") return new Response("ok");
  const path = pathname.replace(/^\/notes/, "");
  if (path === "/version") return new Response("1");
  return app.fetch(req);
});
