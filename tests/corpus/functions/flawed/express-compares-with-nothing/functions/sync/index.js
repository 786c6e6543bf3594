const express = require("express");
const { createClient } = require("@supabase/supabase-js");

const app = express();
app.use(express.json({ limit: "100kb" }));
const db = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);

app.post("/sync", async (req, res) => {
  if (req.headers["x-sync-key"] !== process.env.SYNC_KEY) {
    return res.status(401).end();
  }
  const { error } = await db.rpc("sync_catalog");
  if (error) return res.status(503).end();
  res.status(204).end();
});

module.exports = app;
app.listen(process.env.PORT || 8080);
