import { afterAll, beforeAll, expect, it } from "vitest";
import type { Verdict } from "../../src/core/verdict.ts";
import { errorsQuiet } from "../../src/gates/errors-quiet.ts";
import { inputValidated } from "../../src/gates/input-validated.ts";
import { jwtValidated } from "../../src/gates/jwt-validated.ts";
import { rateLimited } from "../../src/gates/rate-limited.ts";
import { sqlInjectionRefused } from "../../src/gates/sql-injection-refused.ts";
import { timeLimited } from "../../src/gates/time-limited.ts";
import type { FunctionProbe, Gate } from "../../src/ports/gate.ts";
import * as flawed from "../support/flawed-functions.ts";
import { type GateRig, startGateRig } from "../support/gate-rig.ts";

let rig: GateRig;
beforeAll(async () => {
  rig = await startGateRig();
});
afterAll(() => rig.stop());

function probeOf(body: FunctionProbe["body"], more: Partial<FunctionProbe> = {}): FunctionProbe {
  return { path: "", caller: "user", body, optional: [], burst: 100, ...more };
}

async function askOf(
  gate: Gate,
  slug: string,
  source: string,
  probe: FunctionProbe | null,
): Promise<Verdict> {
  await rig.deploy(slug, source);
  const probes = probe == null ? {} : { [slug]: probe };
  return rig.ask(gate, { slugs: [slug], probes });
}

function subjects(verdict: Verdict): readonly string[] {
  expect(verdict.kind).toBe("fail");
  return verdict.kind === "fail" ? verdict.findings.map(({ subject }) => subject) : [];
}

const note = probeOf({ user_id: "$user", note: "a note" });
const own = probeOf({ user_id: "$user" });

it.each([jwtValidated, inputValidated, errorsQuiet, rateLimited, sqlInjectionRefused])(
  "$id lets a sound function pass that takes free text",
  async (gate) => {
    const verdict = await askOf(gate, "sound-notes", `${flawed.soundNotes}\n// ${gate.id}`, note);
    expect(verdict).toMatchObject({ kind: "pass" });
  },
);

it("finds a user's data in another user's hands", async () => {
  const verdict = await askOf(jwtValidated, "foreign-data", flawed.foreignData, own);
  expect(subjects(verdict)).toEqual(["foreign-data:other user"]);
});

it("finds a function that breaks on a token that is none", async () => {
  const verdict = await askOf(jwtValidated, "breaks-on-token", flawed.breaksOnToken, own);
  expect(subjects(verdict)).toEqual(["breaks-on-token:no token", "breaks-on-token:the public key alone"]);
});

it("finds a service's function that takes users", async () => {
  const probe = probeOf({}, { caller: "service" });
  const verdict = await askOf(jwtValidated, "open-service", flawed.openService, probe);
  expect(subjects(verdict)).toEqual(["open-service:user"]);
});

it("finds a function that takes whatever can be parsed", async () => {
  const found = subjects(await askOf(inputValidated, "takes-anything", flawed.takesAnything, note));
  expect(found).toContain("takes-anything:a list instead of an object");
  expect(found).toContain("takes-anything:a body that breaks off");
  expect(found).toContain("takes-anything:text/plain");
  expect(found).toContain("takes-anything:a body of more than 1 MB");
  expect(found).toContain("takes-anything:a deeply nested body");
  expect(found).toContain("takes-anything:__proto__");
  expect(found).toContain("takes-anything:note: missing");
  expect(found).toContain("takes-anything:user_id: a NUL character");
});

it("says what it needs to know of a function that turns users away first", async () => {
  const verdict = await askOf(
    inputValidated,
    "closed",
    `Deno.serve(() => new Response(null, { status: 403 }));`,
    null,
  );
  expect(verdict).toMatchObject({
    kind: "inconclusive",
    reason: expect.stringContaining("probe.functions.closed"),
  });
});

it("does not believe refusals of a function that refuses its own body", async () => {
  const source = `Deno.serve(() => Response.json({ error: { code: "no" } }, { status: 400 }));`;
  const verdict = await askOf(inputValidated, "refuses-all", source, note);
  expect(verdict).toMatchObject({ kind: "inconclusive", reason: expect.stringContaining("400") });
});

it.each([
  ["shows the error", true],
  ["hides it and is slow", false],
])("finds a field that becomes SQL when the function %s", async (_name, showsErrors) => {
  await rig.backend.db.query(`
    create or replace function public.bee_test_exec(q text) returns void language plpgsql security definer as
      $$ begin execute q; end $$;
    revoke all on function public.bee_test_exec(text) from public, anon, authenticated;
    grant execute on function public.bee_test_exec(text) to service_role;
    notify pgrst, 'reload schema'`);
  await expect
    .poll(
      async () => {
        const { state } = rig.backend;
        const reply = await fetch(`${state.url}/rest/v1/rpc/bee_test_exec`, {
          method: "POST",
          headers: { apikey: state.secretKey, "content-type": "application/json" },
          body: JSON.stringify({ q: "select 1" }),
        });
        return reply.status;
      },
      { timeout: 10_000 },
    )
    .toBeLessThan(300);
  const slug = `builds-sql-${showsErrors}`;
  const verdict = await askOf(
    sqlInjectionRefused,
    slug,
    flawed.buildsSql(showsErrors),
    probeOf({ name: "anna" }),
  );
  const found = subjects(verdict);
  expect(found).toContain(`${slug}:name`);
  expect(found).toContain("rows:auth.users");
});

it("finds arguments of database functions that become SQL, and none in sound ones", async () => {
  await rig.backend.db.query(`
    create function public.bee_test_format(term text) returns setof text language plpgsql as
      $$ begin return query execute format('select ''x''::text where ''a'' = ''%s''', term); end $$;
    create function public.bee_test_blind(term text) returns int language plpgsql as
      $$ begin execute 'select 1 where ''a'' = ''' || term || ''''; return 1; exception when others then return 0; end $$;
    create function public.bee_test_sound(term text) returns setof text language plpgsql as
      $$ begin return query execute 'select ''x''::text where ''a'' = $1' using term; end $$;
    create function public.bee_test_broken(term text) returns int language plpgsql as
      $$ begin return (select nope from nowhere); end $$;
    grant execute on function public.bee_test_format(text), public.bee_test_blind(text),
      public.bee_test_sound(text), public.bee_test_broken(text) to authenticated`);
  const verdict = await rig.ask(sqlInjectionRefused);
  await rig.backend.db.query(`
    drop function public.bee_test_format(text); drop function public.bee_test_blind(text);
    drop function public.bee_test_sound(text); drop function public.bee_test_broken(text)`);
  expect([...subjects(verdict)].sort()).toEqual([
    "public.bee_test_blind:term",
    "public.bee_test_format:term",
  ]);
});

it("finds a 429 that does not say when to come back", async () => {
  const found = subjects(await askOf(rateLimited, "mute", flawed.mute429, probeOf({})));
  expect(found).toEqual(["mute:retry-after"]);
});

it("finds a function without a limit", async () => {
  const source = `Deno.serve(() => Response.json({ ok: true }));`;
  expect(subjects(await askOf(rateLimited, "tireless", source, probeOf({})))).toEqual(["tireless:no limit"]);
});

it("does not measure a limit on a function that fails", async () => {
  const source = `Deno.serve(() => Response.json({ error: { code: "x" } }, { status: 500 }));`;
  expect(await askOf(rateLimited, "failing", source, probeOf({}))).toMatchObject({ kind: "inconclusive" });
});

it.each([
  ["a stack", `return json(500, { error: { code: "x", message: error.stack } });`],
  ["a source position", `return json(500, { error: { code: "x", message: "failed at handler.ts:14:3" } });`],
  [
    "a file path",
    `return json(500, { error: { code: "x", message: "ENOENT /home/deno/functions/index" } });`,
  ],
  [
    "SQL text",
    `return json(400, { error: { code: "x", message: "select id, email from auth.users where id = 1" } });`,
  ],
  [
    "the database's own error",
    `return json(400, { error: { code: "x", message: 'duplicate key value violates unique constraint "u"' } });`,
  ],
  [
    "a secret key",
    `return json(500, { error: { code: "x", message: JSON.parse(Deno.env.get("SUPABASE_SECRET_KEYS")).default } });`,
  ],
  [
    "a token",
    `return json(500, { error: { code: "x", message: Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") } });`,
  ],
  ["no code", `return json(500, { message: "failed" });`],
])("finds an error answer with %s", async (what, answer) => {
  const slug = `tells-${what.replace(/\W/g, "-")}`;
  const verdict = await askOf(errorsQuiet, slug, flawed.tells(answer), null);
  expect(subjects(verdict)).toContain(`${slug}:${what}`);
  // What it found is named, never shown.
  expect(JSON.stringify(verdict)).not.toContain(rig.backend.state.secretKey);
  expect(JSON.stringify(verdict)).not.toContain(rig.backend.state.serviceRoleKey);
});

it("finds a function that waits for ever", async () => {
  const source = "Deno.serve(() => new Promise(() => setTimeout(() => {}, 60_000)));";
  expect(subjects(await askOf(timeLimited, "patient", source, own))).toEqual(["patient:hangs"]);
});

it("does not measure time limits where nothing waits", async () => {
  const source = `Deno.serve(() => Response.json({ ok: true }));`;
  expect(await askOf(timeLimited, "instant", source, own)).toMatchObject({ kind: "inconclusive" });
});

it("leaves no synthetic user behind", async () => {
  const { rows } = await rig.backend.db.query("select email from auth.users where email like 'bee-probe-%'");
  expect(rows).toEqual([]);
});
