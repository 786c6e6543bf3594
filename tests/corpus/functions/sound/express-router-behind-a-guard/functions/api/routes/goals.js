import { Router } from "express";
import { supabase } from "../auth.js";

const router = Router();

router.get("/", async (req, res) => {
  const { data, error } = await supabase.from("goals").select("id, title").eq("user_id", req.user.id).limit(50);
  if (error) return res.status(503).json({ error: "unavailable" });
  return res.json(data);
});

router.delete("/:id", async (req, res) => {
  const { error } = await supabase.from("goals").delete().eq("id", req.params.id).eq("user_id", req.user.id);
  if (error) return res.status(503).json({ error: "unavailable" });
  return res.status(204).end();
});

export default router;
