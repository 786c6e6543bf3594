import type { Severity } from "../../core/verdict.ts";
import type { AccessCatalog, AccessRelation, AccessSequence, ApiRole } from "./access-catalog.ts";
import type { AccessGroup } from "./assemble-groups.ts";
import type { Persona } from "./personas.ts";
import { mayTry, quote } from "./probe-sql.ts";

/** What no policy is asked for: whole tables emptied, counters set, rows that lie on another server. */
export interface ObjectProbe {
  readonly rule: "rls-truncate" | "sequence-set" | "rls-read" | "rls-insert" | "rls-update" | "rls-delete";
  readonly severity: Severity;
  readonly subject: string;
  readonly persona: Persona;
  readonly statement: string;
  readonly aim: string;
  readonly fix: string;
}

interface ObjectInput {
  readonly catalog: AccessCatalog;
  readonly group: AccessGroup;
  readonly personas: readonly Persona[];
  /** Foreign tables that everybody may read, by oid. */
  readonly open: ReadonlySet<number>;
}

/** As the least of the API's roles that is granted it: what nobody signed in may, all may. */
export function assembleObjectProbes({
  catalog,
  group,
  personas,
  open,
}: ObjectInput): readonly ObjectProbe[] {
  const usage = catalog.schemaUsage;
  const least = (may: (role: ApiRole) => boolean): Persona | undefined =>
    ["anon", "a"]
      .flatMap((id) => personas.find((persona) => persona.id === id) ?? [])
      .find(({ role }) => may(role));
  return [
    ...group.relations.flatMap((relation) =>
      relation.kind === "f"
        ? foreignProbes(relation, open.has(relation.oid), (letter) =>
            least((role) => mayTry(relation, role, letter, usage)),
          )
        : truncateProbe(
            relation,
            least(
              (role) => usage[relation.schema]?.includes(role) === true && mayTry(relation, role, "D", usage),
            ),
          ),
    ),
    ...group.sequences.flatMap((sequence) =>
      setProbe(
        sequence,
        least(
          (role) =>
            sequence.exposed &&
            usage[sequence.schema]?.includes(role) === true &&
            sequence.update.includes(role),
        ),
      ),
    ),
  ];
}

function truncateProbe(relation: AccessRelation, persona: Persona | undefined): readonly ObjectProbe[] {
  if (persona == null || (relation.kind !== "r" && relation.kind !== "p")) return [];
  return [
    {
      rule: "rls-truncate",
      severity: "warning",
      subject: `${relation.schema}.${relation.name}`,
      persona,
      statement: `truncate table ${relation.sql}`,
      aim: "empty the table, which no policy is asked for",
      fix: `revoke truncate on ${relation.sql} from anon, authenticated;`,
    },
  ];
}

function setProbe(sequence: AccessSequence, persona: Persona | undefined): readonly ObjectProbe[] {
  if (persona == null) return [];
  return [
    {
      rule: "sequence-set",
      severity: "warning",
      subject: sequence.sql,
      persona,
      statement: `select setval('${sequence.sql.replaceAll("'", "''")}', 1)`,
      aim: "set the counter back, so that everybody's next rows are refused",
      fix: `revoke update on sequence ${sequence.sql} from anon, authenticated;`,
    },
  ];
}

/** Explained, not run: that asks for the rights and leaves the other server alone, which no rollback reaches. */
function foreignProbes(
  relation: AccessRelation,
  open: boolean,
  least: (letter: string) => Persona | undefined,
): readonly ObjectProbe[] {
  const [column] = relation.columns;
  const set = column == null ? "" : `${quote(column.name)} = null`;
  const cells = [
    ...(open
      ? []
      : [
          {
            letter: "r",
            rule: "rls-read",
            statement: `explain select * from ${relation.sql}`,
            aim: "read all of it",
          } as const,
        ]),
    {
      letter: "a",
      rule: "rls-insert",
      statement: `explain insert into ${relation.sql} default values`,
      aim: "add rows to it",
    } as const,
    {
      letter: "w",
      rule: "rls-update",
      statement: `explain update ${relation.sql} set ${set}`,
      aim: "change all of it",
    } as const,
    {
      letter: "d",
      rule: "rls-delete",
      statement: `explain delete from ${relation.sql}`,
      aim: "delete all of it",
    } as const,
  ];
  return cells.flatMap(({ letter, rule, statement, aim }): readonly ObjectProbe[] => {
    const persona = least(letter);
    if (persona == null) return [];
    return [
      {
        rule,
        severity: "error",
        subject: `${relation.schema}.${relation.name}`,
        persona,
        statement,
        aim: `${aim}: a foreign table knows no policies`,
        fix: `create schema if not exists private; alter foreign table ${relation.sql} set schema private;`,
      },
    ];
  });
}
