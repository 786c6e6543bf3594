/** One database lint: SQL that returns a row for each finding. */
export interface Lint {
  readonly name: string;
  readonly title: string;
  readonly level: "ERROR" | "WARN" | "INFO";
  readonly category: "SECURITY" | "PERFORMANCE";
  readonly description: string;
  /** Number of the lint in the vendor's list (https://supabase.com/docs/guides/database/database-linter). */
  readonly reference: string;
  readonly kind: "table" | "view" | "function" | "extension";
  /** Columns: schema, name, and detail, a sentence. Runs with an empty search_path. */
  readonly sql: string;
}

export interface LintFinding {
  readonly schema: string;
  readonly name: string;
  readonly detail: string;
}

/** Schemas of the platform: their owner answers for them. */
export const ownSchemas = `('auth', 'extensions', 'graphql', 'graphql_public', 'information_schema', 'pg_catalog',
  'pg_toast', 'realtime', 'storage', 'supabase_migrations', 'vault', 'bee')`;

export function renderLint(lint: Lint, finding: LintFinding) {
  return {
    name: lint.name,
    title: lint.title,
    level: lint.level,
    facing: "EXTERNAL",
    categories: [lint.category],
    description: lint.description,
    detail: finding.detail,
    remediation: `https://supabase.com/docs/guides/database/database-linter?lint=${lint.reference}_${lint.name}`,
    metadata: { schema: finding.schema, name: finding.name, type: lint.kind },
    cache_key: `${lint.name}_${finding.schema}_${finding.name}`,
  };
}
