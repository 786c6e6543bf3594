import { findKeys } from "../find-keys.ts";
import type { Rule } from "../rule.ts";
import type { MigrationWorld } from "./world.ts";

export const keyInSql: Rule<MigrationWorld> = {
  id: "key-in-sql",
  area: "migrations",
  severity: "error",
  title: "A key or token stands in a migration",
  explanation:
    "Whoever reads the repository or the history table on the target has it, and it stays in both after it is removed here.",
  fix: "Revoke the key, keep the new one in Vault, and read it from vault.decrypted_secrets.",
  example: {
    bad: 'select net.http_post(url := u, headers := \'{"Authorization": "Bearer eyJhbGciOi…"}\');',
    good: "select net.http_post(url := u, headers := jsonb_build_object('Authorization', 'Bearer ' || (select decrypted_secret from vault.decrypted_secrets where name = 'service_key')));",
  },
  *check({ migrations }) {
    for (const { file } of migrations) {
      for (const { kind, index } of findKeys(file.sql)) {
        yield {
          file: file.path,
          offset: index,
          subject: kind,
          detail: `${kind} in the text of a migration`,
          anchor: kind,
        };
      }
    }
  },
};
