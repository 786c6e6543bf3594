/** A made-up app: of ten tables nine belong to a user by a key of their own and one by its parent; a view and a function each. */
export function makeIsolationSchema(tables: number): string {
  const parts: string[] = [];
  for (let index = 0; index < tables; index++) {
    const name = `t${String(index).padStart(4, "0")}`;
    const child = index % 10 === 9;
    const parent = `t${String(index - 1).padStart(4, "0")}`;
    parts.push(
      child
        ? `create table ${name} (id bigint generated always as identity primary key, parent_id uuid not null references ${parent} (id) on delete cascade,
             body text not null, amount integer not null default 0 check (amount >= 0), created_at timestamptz not null default now());
           create index on ${name} (parent_id);`
        : `create table ${name} (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id) on delete cascade,
             title text not null check (char_length(title) between 1 and 200), state text not null default 'open' check (state in ('open', 'done')),
             amount integer not null default 0 check (amount >= 0), extra jsonb not null default '{}', created_at timestamptz not null default now());
           create index on ${name} (user_id);`,
      `alter table ${name} enable row level security;
       grant select, insert, update, delete on ${name} to authenticated;
       grant all on ${name} to service_role;`,
    );
    const own = child
      ? `exists (select from ${parent} p where p.id = parent_id and p.user_id = (select auth.uid()))`
      : "user_id = (select auth.uid())";
    parts.push(`create policy own on ${name} to authenticated using (${own}) with check (${own});`);
    if (index % 10 === 0)
      parts.push(
        `create view v_${name} with (security_invoker = on) as select id, title, amount from ${name} where state = 'open';
         revoke all on v_${name} from anon; grant select on v_${name} to authenticated;
         create function f_${name}(p_user uuid) returns bigint language sql stable set search_path = '' as
           $$ select count(*) from public.${name} where user_id = p_user $$;
         revoke all on function f_${name}(uuid) from public, anon; grant execute on function f_${name}(uuid) to authenticated;`,
      );
  }
  return parts.join("\n");
}
