import { Application, type Context, type Next, Router } from "jsr:@oak/oak@17.1.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

interface State {
  userId: string;
}

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

async function authenticate(ctx: Context<State>, next: Next): Promise<void> {
  const header = ctx.request.headers.get("authorization") ?? "";
  const { data, error } = await admin.auth.getUser(header.replace("Bearer ", ""));
  if (error || !data.user) {
    ctx.response.status = 401;
    ctx.response.body = { error: "unauthorized" };
    return;
  }
  ctx.state.userId = data.user.id;
  await next();
}

const router = new Router<State>({ prefix: "/library" });
router.get("/books", async (ctx) => {
  const { data, error } = await admin.from("loans").select("book_id, due").eq("user_id", ctx.state.userId).limit(100);
  if (error) {
    ctx.response.status = 503;
    ctx.response.body = { error: "unavailable" };
    return;
  }
  ctx.response.body = data;
});

const app = new Application<State>();
app.use(authenticate);
app.use(router.routes());
app.use(router.allowedMethods());
await app.listen({ port: 8000 });
