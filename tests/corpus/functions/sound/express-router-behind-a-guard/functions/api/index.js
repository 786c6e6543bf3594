import express from "express";
import { requireAuth } from "./auth.js";
import goals from "./routes/goals.js";

const app = express();
app.get("/health", (_req, res) => res.send("ok"));
app.use("/api/goals", requireAuth, goals);
app.listen(process.env.PORT ?? 8080);
