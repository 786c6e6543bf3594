import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { isOnSupabase, supabaseExtensions } from "./supabase-extensions.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const unknownExtension: Rule<MigrationWorld> = {
  id: "unknown-extension",
  area: "migrations",
  severity: "error",
  title: "An extension that the target does not have",
  explanation:
    "CREATE EXTENSION fails on hosted Supabase for what is not installed there, and every later migration waits.",
  fix: "Use one of the platform's extensions (select name from pg_available_extensions), or do without.",
  example: {
    bad: "create extension if not exists pg_partman_bgw_custom;",
    good: "create extension if not exists pg_cron;",
  },
  *check(world) {
    for (const placed of eachTree(world, "CreateExtensionStmt")) {
      const name = text(placed.tree.fields, "extname");
      const there = world.target?.extensions;
      if (there == null || there.size === 0 ? isOnSupabase(name, world.postgresMajor) : there.has(name))
        continue;
      const guess = nearest(name, [...(there ?? supabaseExtensions)]);
      yield hitAt(placed, {
        subject: name,
        detail: `${there == null ? `Supabase with Postgres ${world.postgresMajor}` : "the target"} has no extension ${name}`,
        ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
      });
    }
  },
};
