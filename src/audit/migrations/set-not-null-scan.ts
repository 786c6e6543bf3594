import type { Rule } from "../rule.ts";
import { listOf, open, strings, text } from "../sql-node.ts";
import { eachAlterCommand, hazard, isNotValid } from "./alter-commands.ts";
import { show } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import type { MigrationWorld } from "./world.ts";

export const setNotNullScan: Rule<MigrationWorld> = {
  id: "set-not-null-scan",
  area: "migrations",
  severity: "warning",
  title: "SET NOT NULL reads the whole table under an exclusive lock",
  explanation:
    "Unless a valid check already says so, every row is looked at while nobody can read or write; one null stops the deploy.",
  fix: "Add a check (column is not null) NOT VALID, validate it later, then SET NOT NULL.",
  example: {
    bad: "alter table notes alter column title set not null;",
    good: "alter table notes add constraint title_set check (title is not null) not valid;\n-- later: validate constraint title_set; alter column title set not null; drop constraint title_set",
  },
  *check(world) {
    const checks = new Map<string, Check>();
    for (const { placed, table, subtype, command, constraint } of eachAlterCommand(world)) {
      const name = text(command, "name");
      const key = relationKey(world.story.schema, table);
      if (subtype === "AT_AddConstraint" && text(constraint, "contype") === "CONSTR_CHECK")
        checks.set(`${key}\0${text(constraint, "conname")}`, {
          columns: columnsThatAreSet(constraint["raw_expr"]),
          isValid: !isNotValid(constraint),
        });
      const check = checks.get(`${key}\0${name}`);
      if (subtype === "AT_ValidateConstraint" && check != null)
        checks.set(`${key}\0${name}`, { ...check, isValid: true });
      if (subtype === "AT_DropConstraint") checks.delete(`${key}\0${name}`);
      if (subtype !== "AT_SetNotNull") continue;
      const isProven = [...checks].some(
        ([of, { columns, isValid }]) => of.startsWith(`${key}\0`) && isValid && columns.includes(name),
      );
      if (isProven) continue;
      yield* hazard(world, placed, table, {
        subject: `${show(table)}.${name}`,
        detail: `every row of ${show(table)} is looked at under an exclusive lock`,
      });
    }
  },
};

interface Check {
  /** Those that it says are not null. */
  readonly columns: readonly string[];
  readonly isValid: boolean;
}

function columnsThatAreSet(expression: unknown): readonly string[] {
  const { kind = "", fields = {} } = open(expression) ?? {};
  if (kind === "BoolExpr" && text(fields, "boolop") === "AND_EXPR")
    return listOf(fields, "args").flatMap((one) => columnsThatAreSet({ [one.kind]: one.fields }));
  const argument = open(fields["arg"]);
  if (kind !== "NullTest" || text(fields, "nulltesttype") !== "IS_NOT_NULL" || argument?.kind !== "ColumnRef")
    return [];
  return strings(argument.fields, "fields").slice(-1);
}
