import { judgedRule } from "./judged-rule.ts";

export const migrationTransactionControl = judgedRule({
  id: "migration-transaction-control",
  severity: "error",
  title: "A migration has transaction control of its own",
  explanation:
    "Each file is applied in one transaction together with its history row. A BEGIN or COMMIT inside ends that early: what fails afterwards leaves half a migration behind with no row in the history.",
  fix: "Remove BEGIN, COMMIT and ROLLBACK from the file.",
  example: {
    bad: "begin;\nalter table notes add column title text;\ncommit;",
    good: "alter table notes add column title text;",
  },
});
