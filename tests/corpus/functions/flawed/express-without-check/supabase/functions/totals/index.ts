import express from "express";
import { createClient } from "@supabase/supabase-js";

const app = express();
const admin = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);

app.get("/totals", async (req, res) => {
  const { data, error } = await admin.rpc("totals");
  if (error) return res.status(503).json({ error: "unavailable" });
  res.json(data);
});

app.listen(8080);
