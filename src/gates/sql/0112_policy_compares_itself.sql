-- Sub-selects that compare a column with itself: an unqualified name meant the table of the policy and found the one inside.
select distinct format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s compares %s with itself inside a sub-select, so any row there lets the caller in', p.name, p.subject, m[1]) as detail,
  format('drop policy %I on %s; -- then write the outer column as %s.…', p.name, p.subject, quote_ident(p.relname)) as fix,
  'error' as severity
from policy p cross join lateral regexp_matches(p.text, '(?<![\w."])((?:\w+|"[^"]+")\.(?:\w+|"[^"]+")) = \1(?![\w."(])', 'g') m
where p.permissive and cardinality(p.roles) > 0 and p.text ~ '\mSELECT\M'
