import type { SourceTree } from "../../plan/source-tree.ts";
import type { Rule } from "../rule.ts";

export const sourceUnread: Rule<SourceTree> = {
  id: "source-unread",
  area: "sources",
  severity: "warning",
  title: "A source could not be read, so nothing is known of it",
  explanation:
    "Files above 5 MB, files that are not UTF-8 text, unreadable files and links out of the audited folder are left out. What they hold is not audited, and other findings may be missing or too many because of it.",
  fix: "Split or move large data out of the sources, save text as UTF-8, mend the link, or audit the folder it leads to.",
  example: {
    bad: "supabase/migrations/20250101120000_data.sql   -- 48 MB of INSERTs",
    good: "supabase/seed.sql                             -- data apart from the schema",
  },
  *check({ unread }) {
    for (const { path, reason, detail } of unread) {
      yield { file: path, subject: path, detail: `${path} is left out: ${reason} (${detail})` };
    }
  },
};
