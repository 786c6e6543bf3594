import express from "express";
import { createClient } from "@supabase/supabase-js";

const app = express();

app.get("/billing/plans", async (req, res, next) => {
  try {
    const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_ANON_KEY);
    const { data } = await supabase.from("plans").select("id, price").throwOnError();
    res.json(data);
  } catch (err) {
    next(err);
  }
});

app.use((err, req, res, next) => {
  res.status(500).json({ message: err.message, stack: err.stack });
});

app.listen(3000);
