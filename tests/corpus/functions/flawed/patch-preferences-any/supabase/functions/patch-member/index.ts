import { Application, Router } from "jsr:@oak/oak@17.1.3";
import { createClient } from "jsr:@supabase/supabase-js@2.47.10";

const supabase = createClient(
  Deno.env.get("SUPABASE_URL")!,
  Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!,
);

interface State {
  memberId: string;
}

const router = new Router<State>({ prefix: "/patch-member" });

router.post("/", async (ctx) => {
  const changes = await ctx.request.body.json();
  const { data, error } = await supabase
    .from("members")
    .update(changes)
    .eq("user_id", ctx.state.memberId)
    .select("nickname, language")
    .single();
  if (error) throw error;
  ctx.response.body = data;
});

const app = new Application<State>();

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (err) {
    console.error("patch-member", err);
    ctx.response.status = 500;
    ctx.response.body = { error: "internal error" };
  }
});

app.use(async (ctx, next) => {
  const token = ctx.request.headers.get("Authorization")?.replace("Bearer ", "");
  const { data } = await supabase.auth.getUser(token ?? "");
  if (!data.user) {
    ctx.response.status = 401;
    ctx.response.body = { error: "unauthorized" };
    return;
  }
  ctx.state.memberId = data.user.id;
  await next();
});

app.use(router.routes());
app.use(router.allowedMethods());

Deno.serve(async (req) => (await app.handle(req)) ?? new Response(null, { status: 404 }));
