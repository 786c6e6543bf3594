/** One claim of the caller: PostgREST's older single-claim setting first, then the JSON of all claims. */
function claim(name: string): string {
  return `coalesce(
    nullif(current_setting('request.jwt.claim.${name}', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> '${name}'
  )`;
}

/** auth.uid(), auth.role(), auth.email(), auth.jwt(): null without a caller, as on hosted. */
export const authFunctionsSql = `
create or replace function auth.uid() returns uuid language sql stable as $$ select (${claim("sub")})::uuid $$;
create or replace function auth.role() returns text language sql stable as $$ select (${claim("role")})::text $$;
create or replace function auth.email() returns text language sql stable as $$ select (${claim("email")})::text $$;
create or replace function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;
grant execute on function auth.uid(), auth.role(), auth.email(), auth.jwt() to public;
`;
