import { expect, it } from "vitest";
import { assembleIntrusions, assembleSeed } from "./intrusions.ts";

const table = { schema: "public", table: 'we"ird', owner: "user_id" };

it("quotes names and values in every way in", () => {
  const intrusions = assembleIntrusions(table, "me", "o'ther");
  expect(intrusions.map(({ verb }) => verb)).toEqual(["select", "update", "delete", "insert", "hand over"]);
  expect(intrusions[0]?.statement).toBe(`select 1 from "public"."we""ird" where "user_id" = 'o''ther'`);
});

it("fills the owner into seeds", () => {
  expect(assembleSeed("public.t", { user_id: "u1", note: "of $user" }, "u1")).toBe(
    `insert into "public"."t" ("user_id", "note") select "user_id", "note" from jsonb_populate_record(null::"public"."t", '{"user_id":"u1","note":"of u1"}'::jsonb)`,
  );
});
