import { schemaRule } from "./schema-rule.ts";

export const unqualifiedInDefiner = schemaRule({
  id: "unqualified-in-definer",
  severity: "error",
  title: "A bare table name in a function whose search_path is empty",
  explanation:
    "With set search_path = '' nothing but pg_catalog is looked through, so the name is not found when the function runs.",
  fix: "Qualify it: public.notes.",
  example: {
    bad: "create function count_notes() returns bigint language plpgsql set search_path = '' as\n  $$ begin return (select count(*) from notes); end $$;",
    good: "create function count_notes() returns bigint language plpgsql set search_path = '' as\n  $$ begin return (select count(*) from public.notes); end $$;",
  },
});
