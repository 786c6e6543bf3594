import type { SqlTree } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { findComparedTexts } from "./compared-texts.ts";
import { eachLiteral } from "./literals.ts";
import type { MigrationWorld } from "./world.ts";

const placeholder =
  /\byour[-_ ]?(?:project|app|anon|service|secret|api|supabase|domain|key|token)[\w-]*|<(?:your|project|insert|replace|secret|token|url|ref)[^>\n]*>|\bhttps?:\/\/(?:localhost|127\.0\.0\.1|host\.docker\.internal|(?:[\w-]+\.)?example\.(?:com|org)|x{4,}[\w.-]*|abcdefgh[\w.-]*|project-ref[\w.-]*)|\b(?:change|replace)[-_ ]?me\b|\bsb_(?:publishable|secret)_x{3,}/i;

export const placeholderInSql: Rule<MigrationWorld> = {
  id: "placeholder-in-sql",
  area: "migrations",
  severity: "error",
  title: "A placeholder or a local address stands in a migration",
  explanation:
    "It is applied as it is: triggers and jobs then call an address that is not there. What others are only compared with, such as a list of refused hosts, is fine.",
  fix: "Read it from a setting or from Vault, or put the real value in.",
  example: {
    bad: "select net.http_post(url := 'https://YOUR_PROJECT_REF.supabase.co/functions/v1/sync');",
    good: "select net.http_post(url := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url') || '/functions/v1/sync');",
  },
  *check({ migrations }) {
    for (const { file, parsed } of migrations) {
      if (!placeholder.test(file.sql)) continue;
      const compared = new Map<SqlTree, ReadonlySet<string>>();
      for (const { offset, value } of eachLiteral(file.sql)) {
        const found = placeholder.exec(value);
        if (found == null) continue;
        const tree = parsed.trees.find((one) => one.offset <= offset && offset < one.offset + one.sql.length);
        if (tree != null) {
          if (!compared.has(tree)) compared.set(tree, findComparedTexts(tree));
          if (tree.kind === "CommentStmt" || compared.get(tree)?.has(value)) continue;
        }
        yield {
          file: file.path,
          offset: offset + found.index,
          subject: found[0],
          detail: `"${found[0]}" is a placeholder or a local address`,
          anchor: found[0],
        };
      }
    }
  },
};
