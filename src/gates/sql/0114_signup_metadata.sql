-- Triggers on auth.users that copy a role or a plan out of what the user sent along when signing up.
select f.subject,
  format('%s takes %s of a new account from the metadata its user chose', f.subject, string_agg(distinct m[1], ', ')) as detail,
  format('-- in %s: leave it out, or read new.raw_app_meta_data, which only the service writes', f.subject) as fix,
  'error' as severity
from routine f join pg_trigger t on t.tgfoid = f.oid and t.tgrelid = (select oid from platform where name = 'auth.users') and not t.tgisinternal and t.tgenabled <> 'D'
cross join lateral regexp_matches(f.body,
  'raw_user_meta_data"?\s*->>?\s*''((?:is_?)?(?:role|roles|admin|superuser|staff|owner|moderator|plan|tier|verified|approved|credits|balance|permissions?|(?:tenant|org|organi[sz]ation|team|workspace|company|clinic)_?(?:id)?))''', 'gi') m
group by f.subject
