-- Policies that ask for the caller once per row; inside a sub-select Postgres asks once per query.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s asks for the caller once for each row', p.name, p.subject) as detail,
  format('alter policy %I on %s …; -- with (select auth.uid()) for auth.uid()', p.name, p.subject) as fix, 'info' as severity
from policy p
where p.rls and regexp_count(p.text, '(?<![\w"])((auth\.)?(uid|jwt|role|email)\(\)|current_setting\()', 1, 'i')
  > regexp_count(p.text, 'SELECT ((auth\.)?(uid|jwt|role|email)\(\)|current_setting\()|SELECT \(+((auth\.)?(jwt)\(\)|current_setting\()', 1, 'i')
