import express from "npm:express@4.21.1";
import { createClient } from "npm:@supabase/supabase-js@2.47.10";

const app = express();
app.use(express.json({ limit: "64kb" }));

const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
  auth: { persistSession: false },
});

async function signedIn(req: express.Request, res: express.Response, next: express.NextFunction) {
  const token = req.get("authorization")?.replace("Bearer ", "") ?? "";
  const { data, error } = await sb.auth.getUser(token);
  if (error || !data.user) return res.status(401).json({ error: "unauthorized" });
  res.locals.userId = data.user.id;
  next();
}

app.get("/open", signedIn, async (_req, res, next) => {
  const { data, error } = await sb.from("surveys").select("id, title").eq("state", "open").limit(50);
  if (error) return next(error);
  res.json({ surveys: data });
});

app.post("/:id/answers", signedIn, async (req, res, next) => {
  const id = Number(req.params.id);
  const { answers } = req.body ?? {};
  const valid = Array.isArray(answers) && answers.length <= 40 &&
    answers.every((a) => typeof a === "string" && a.length <= 1000);
  if (!Number.isSafeInteger(id) || !valid) return res.status(400).json({ error: "answers" });

  const { error } = await sb
    .from("survey_answers")
    .insert({ survey_id: id, user_id: res.locals.userId, answers });
  if (error) return next(error);
  res.status(201).json({ stored: answers.length });
});

app.use((err: Error, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
  console.error("surveys", err);
  res.status(500).json({ error: "internal error" });
});

app.listen(8000);
