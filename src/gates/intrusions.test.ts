import { expect, it } from "vitest";
import { assembleIntrusions, assembleSeed } from "./intrusions.ts";

const table = { schema: "public", table: 'we"ird', owner: "user_id" };
const persona = {
  name: "another user",
  role: "authenticated",
  claims: { sub: "a'b", role: "authenticated" },
} as const;

it("quotes names and values, and sets role and claims before each statement", () => {
  const intrusions = assembleIntrusions(table, persona, "me", "o'ther");
  expect(intrusions.map(({ verb }) => verb)).toEqual(["select", "update", "delete", "insert", "hand over"]);
  expect(intrusions[0]?.statement).toBe(`select 1 from "public"."we""ird" where "user_id" = 'o''ther'`);
  expect(intrusions[0]?.sql).toBe(
    `set local role authenticated; select set_config('request.jwt.claims', '{"sub":"a''b","role":"authenticated"}', true); select 1 from "public"."we""ird" where "user_id" = 'o''ther'`,
  );
});

it("fills the owner into seeds", () => {
  expect(assembleSeed("public.t", { user_id: "u1", note: "of $user" }, "u1")).toBe(
    `insert into "public"."t" ("user_id", "note") select "user_id", "note" from jsonb_populate_record(null::"public"."t", '{"user_id":"u1","note":"of u1"}'::jsonb)`,
  );
});
