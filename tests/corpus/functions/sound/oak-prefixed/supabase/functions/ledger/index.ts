import { Application, Router, Status } from "jsr:@oak/oak@17.1.3";
import { createClient, type User } from "jsr:@supabase/supabase-js@2.47.10";

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
  auth: { persistSession: false },
});

type State = { user: User };

const router = new Router<State>({ prefix: "/ledger" });

router.get("/balance", async (ctx) => {
  const { data, error } = await db.rpc("ledger_balance", { p_user: ctx.state.user.id });
  if (error) throw error;
  ctx.response.body = { balance: data };
});

router.post("/transfers", async (ctx) => {
  let body: { to?: unknown; cents?: unknown };
  try {
    body = await ctx.request.body.json();
  } catch {
    ctx.throw(Status.BadRequest, "JSON expected");
  }
  const { to, cents } = body ?? {};
  if (typeof to !== "string" || !/^[0-9a-f-]{36}$/.test(to)) ctx.throw(Status.BadRequest, "to");
  if (typeof cents !== "number" || !Number.isInteger(cents) || cents < 1 || cents > 1_000_000) {
    ctx.throw(Status.BadRequest, "cents");
  }
  const { data, error } = await db.rpc("ledger_transfer", { p_from: ctx.state.user.id, p_to: to, p_cents: cents });
  if (error?.code === "P0001") ctx.throw(Status.Conflict, "insufficient funds");
  if (error) throw error;
  ctx.response.status = Status.Created;
  ctx.response.body = { transfer: data };
});

const app = new Application<State>();

app.addEventListener("error", ({ error }) => console.error("ledger", error));

app.use(async (ctx, next) => {
  const token = ctx.request.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const { data, error } = await db.auth.getUser(token);
  if (error || !data.user) ctx.throw(Status.Unauthorized);
  ctx.state.user = data.user;
  await next();
});
app.use(router.routes(), router.allowedMethods());

Deno.serve(async (req) => (await app.handle(req)) ?? new Response("not found", { status: 404 }));
