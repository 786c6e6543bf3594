/** A row of supabase_migrations.schema_migrations, the history table the supabase CLI keeps too. */
export interface AppliedMigration {
  readonly version: string;
  readonly name: string | null;
  readonly statements: readonly string[] | null;
}
