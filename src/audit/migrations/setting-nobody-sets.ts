import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, strings, text, walk } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { eachTreeDeep, type MigrationWorld, type PlacedTree } from "./world.ts";

/** Set by PostgREST, Realtime, Storage, GoTrue or an extension. */
const known =
  /^(request|response|pgrst|realtime|storage|jwt|auth|cron|pgaudit|plpgsql|auto_explain|pg_stat_statements|pljava|pgsodium|supautils|safeupdate|vault|role)\./;

export const settingNobodySets: Rule<MigrationWorld> = {
  id: "setting-nobody-sets",
  area: "migrations",
  severity: "error",
  title: "A setting is read that nobody sets",
  explanation:
    "current_setting('app.…') fails at run time unless the database, a role or the caller has set it. On hosted projects postgres may set no such name for the database, a role or a function (42501).",
  fix: "set_config before the call, or keep the value in Vault or a table.",
  example: {
    bad: "select current_setting('app.service_url');",
    good: "select set_config('app.service_url', 'https://api.bee.app', true);\nselect current_setting('app.service_url');",
  },
  *check(world) {
    const set = new Set([...world.settings, ...(world.target?.settings ?? [])]);
    const reads: { placed: PlacedTree; name: string; lenient: boolean; location: unknown }[] = [];
    for (const placed of eachTreeDeep(world)) {
      const { kind, fields } = placed.tree;
      if (kind === "VariableSetStmt") set.add(text(fields, "name"));
      if (kind === "AlterDatabaseSetStmt" || kind === "AlterRoleSetStmt")
        set.add(text(fieldsOf(fields, "setstmt"), "name"));
      walk(fields, (inner, call) => {
        if (inner === "DefElem" && text(call, "defname") === "set")
          set.add(text(fieldsOf(fieldsOf(call, "arg"), "VariableSetStmt"), "name"));
        if (inner !== "FuncCall") return undefined;
        const called = strings(call, "funcname").at(-1);
        const args = listOf(call, "args");
        const name = fieldsOf(args[0]?.fields ?? {}, "sval")["sval"];
        if (typeof name !== "string") return undefined;
        if (called === "set_config") set.add(name);
        const lenient = fieldsOf(args[1]?.fields ?? {}, "boolval")["boolval"] === true;
        if (called === "current_setting") reads.push({ placed, name, lenient, location: call["location"] });
        return undefined;
      });
    }
    // ALTER DATABASE … SET in code that puts its SQL together.
    const dynamic = world.migrations
      .flatMap(({ parsed }) => parsed.trees)
      .flatMap(({ body }) => (body?.dynamic ? [body.text] : []));
    for (const { placed, name, lenient, location } of reads) {
      if (
        !name.includes(".") ||
        known.test(name) ||
        set.has(name) ||
        dynamic.some((code) => code.includes(name))
      )
        continue;
      yield hitAt(
        placed,
        {
          subject: name,
          detail: lenient ? `nobody sets ${name}: it is always null` : `nobody sets ${name}: the call fails`,
          severity: lenient ? "warning" : "error",
        },
        location,
      );
    }
  },
};
