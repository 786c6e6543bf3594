import { describe, expect, it } from "vitest";
import { findLayout } from "./layout.ts";

const layoutOf = (...paths: string[]) =>
  findLayout({ files: paths.map((path) => ({ path, text: "" })), unread: [] });

describe("findLayout", () => {
  it("takes the project's own folders and leaves sample projects below it alone", () => {
    const layout = layoutOf(
      "supabase/migrations/1_a.sql",
      "supabase/functions/hello/index.ts",
      "tests/fixtures/supabase/migrations/1_b.sql",
    );
    expect(layout).toEqual({ migrations: ["supabase/migrations"], functions: ["supabase/functions"] });
  });

  it("knows functions/ and migrations/ at the top", () => {
    expect(layoutOf("functions/hello/src/main.js", "migrations/1_a.sql")).toEqual({
      migrations: ["migrations"],
      functions: ["functions"],
    });
  });

  it("finds every project of a monorepo", () => {
    expect(
      layoutOf("apps/a/supabase/migrations/1_a.sql", "apps/b/supabase/migrations/1_b.sql").migrations,
    ).toEqual(["apps/a/supabase/migrations", "apps/b/supabase/migrations"]);
  });

  it("finds nothing in a folder of something else", () => {
    expect(layoutOf("src/main.ts", "db/schema.sql")).toEqual({ migrations: [], functions: [] });
  });
});
