import type { Hit, Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const missingAuth: Rule<FunctionsWorld> = {
  id: "missing-auth",
  area: "functions",
  severity: "error",
  title: "Privileged work is reached before anybody knows who calls",
  explanation:
    "The service role key passes row level security. A way from the handler to this call establishes no identity: no verified token, no checked signature, no compared secret. The platform's verify_jwt is no such check, it lets the public key through that every copy of the app holds.",
  fix: "Verify the caller first, on every way: auth.getUser(token) or jwtVerify, and answer 401 when it says no. Return before the first privileged call.",
  example: {
    bad: 'Deno.serve(async (req) => {\n  const admin = createClient(url, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);\n  await admin.from("profiles").delete().eq("id", (await req.json()).id);',
    good: 'const { data: { user } } = await client.auth.getUser(token);\nif (!user) return new Response("unauthorized", { status: 401 });\nawait admin.from("profiles").delete().eq("id", user.id);',
  },
  *check(world) {
    const hits = happeningHits(world, ({ kind, state, file, node }, { happenings }) =>
      kind === "privileged" &&
      !state.authed &&
      !happenings.some(
        (one) =>
          one.kind === "decoded" ||
          // It looks for the caller's key.
          (one.kind === "looked-up" && one.name === `rows:${file}:${node.start}/`),
      )
        ? "runs with the service's rights before the caller is known"
        : null,
    );
    yield* gather([...hits]);
  },
};

/** One check is missing, wherever its absence shows: one finding for a function, with the other places in it. */
function gather(hits: readonly Hit[]): readonly Hit[] {
  const places = new Map<string, Hit[]>();
  for (const one of hits) places.set(one.subject, [...(places.get(one.subject) ?? []), one]);
  return [...places.values()].flatMap(([first, ...more]) => {
    if (first == null || more.length === 0) return first ?? [];
    const others = `${more.length} more ${more.length === 1 ? "place" : "places"}`;
    return { ...first, detail: `${first.detail}, here and in ${others}` };
  });
}
