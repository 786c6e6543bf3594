import { Application, Router } from "jsr:@oak/oak@17.1.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
const router = new Router({ prefix: "/wallet" });

router.post("/transfer", async (ctx) => {
  const body = await ctx.request.body.json();
  if (typeof body.from !== "string" || typeof body.to !== "string" || !Number.isInteger(body.amount) || body.amount <= 0) {
    ctx.response.status = 400;
    return;
  }
  const { error } = await admin.rpc("transfer", { from_user: body.from, to_user: body.to, amount: body.amount });
  if (error) {
    ctx.response.status = 503;
    return;
  }
  ctx.response.status = 204;
});

const app = new Application();
app.use(async (ctx, next) => {
  const token = ctx.request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
  const { data: { user }, error } = await admin.auth.getUser(token);
  if (error || user === null) {
    ctx.response.status = 401;
    return;
  }
  ctx.state.user = user;
  await next();
});
app.use(router.routes());
app.use(router.allowedMethods());
Deno.serve((req, info) => app.handle(req, info.remoteAddr as Deno.NetAddr).then((r) => r ?? new Response(null, { status: 404 })));
