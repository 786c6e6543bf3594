import { expect, it } from "vitest";
import { readPolicy } from "./read-policy.ts";

// As pg_get_expr writes them.
it.each([
  ["bare", "(org_id = (((auth.jwt() -> 'app_metadata'::text) ->> 'org_id'::text))::uuid)"],
  [
    "wrapped in a SELECT",
    "(org_id = (((( SELECT auth.jwt() AS jwt) -> 'app_metadata'::text) ->> 'org_id'::text))::uuid)",
  ],
])("reads which claim a column is compared with, %s", (_form, text) => {
  expect(readPolicy(text).comparisons).toEqual([
    {
      source: { kind: "claim", path: ["app_metadata", "org_id"] },
      column: { alias: null, column: "org_id" },
      isArray: false,
      literal: null,
    },
  ]);
});
