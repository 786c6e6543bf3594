import type { Finding } from "../../core/verdict.ts";
import { fingerprintSql } from "../../plan/sql-statements.ts";
import type { Hit } from "../rule.ts";
import type { PlacedTree } from "./world.ts";

type Said = Pick<Hit, "subject" | "detail"> & Partial<Pick<Hit, "fix" | "severity">>;

/** A hit on a statement, at a node of it when one is given. */
export function hitAt({ migration, tree }: PlacedTree, said: Said, location?: unknown): Hit {
  return {
    file: migration.file.path,
    offset: location == null ? tree.offset : tree.place(location),
    anchor: fingerprintSql(tree.sql),
    ...said,
  };
}

/** What the deploy's own judgement says, as hits of the rule of that name. */
export function* judgedAs(rule: string, findings: readonly Finding[]): Generator<Hit> {
  for (const { rule: id, subject, detail, fix, location } of findings) {
    if (id !== rule) continue;
    yield {
      file: location?.file ?? subject,
      ...(location?.line == null ? {} : { line: location.line }),
      subject,
      detail,
      fix,
    };
  }
}
