import { createClient } from "@supabase/supabase-js";

export const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);

export const requireAuth = async (req, res, next) => {
  const header = req.get("Authorization") || "";
  const { data, error } = await supabase.auth.getUser(header.replace("Bearer ", ""));
  if (error) {
    res.status(401).json({ error: "unauthorized" });
    return;
  }
  req.user = data.user;
  next();
};
