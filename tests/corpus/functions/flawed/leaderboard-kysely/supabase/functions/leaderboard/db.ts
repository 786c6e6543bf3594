import { Kysely } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'

interface Schema {
  scores: { nickname: string; email: string; score: number; wins: number; season: string }
}

let instance: Kysely<Schema> | undefined

export function kysely() {
  if (instance) return instance
  const url = Deno.env.get('SUPABASE_DB_URL')
  if (!url) throw new Error('SUPABASE_DB_URL missing')
  instance = new Kysely<Schema>({ dialect: new PostgresJSDialect({ postgres: postgres(url, { max: 1 }) }) })
  return instance
}
