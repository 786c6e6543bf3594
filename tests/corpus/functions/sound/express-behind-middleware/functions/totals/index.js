import express from "express";
import { createClient } from "@supabase/supabase-js";

const app = express();
const admin = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);

async function requireUser(req, res, next) {
  const { data, error } = await admin.auth.getUser((req.headers.authorization ?? "").slice(7));
  if (error || !data.user) return res.status(401).json({ error: "unauthorized" });
  req.user = data.user;
  next();
}

app.get("/health", (req, res) => res.json({ ok: true }));
app.get("/totals", requireUser, async (req, res) => {
  const { data, error } = await admin.rpc("totals");
  if (error) return res.status(503).json({ error: "unavailable" });
  res.json(data);
});

app.listen(8080);
