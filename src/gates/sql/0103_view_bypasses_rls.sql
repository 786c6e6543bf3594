-- Views that read with their owner's rights tables whose policies would hold the caller back, at any depth.
-- Silent: security_invoker, an owner whom the policies hold too, a view that asks for the caller by itself.
with recursive reads as (
  select distinct rw.ev_class as view, d.refobjid as relid from pg_rewrite rw
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = rw.oid and d.refclassid = 'pg_class'::regclass
  where d.refobjid <> rw.ev_class
), below as (
  select v.oid as top, v.oid as view, v.oid as via, not v.invoker as as_owner, v.owner
  from relation v where v.exposed and v.kind = 'v' and v.oid in (select relid from reached)
  union
  -- What a view reads as its owner stays read as the owner; an invoker's view below it counts for that owner too.
  select b.top, v.oid, case when b.as_owner then b.via else v.oid end, b.as_owner or not v.invoker,
    case when v.invoker and b.as_owner then b.owner else v.owner end
  from below b join reads x on x.view = b.view join relation v on v.oid = x.relid and v.kind = 'v'
)
select v.subject,
  format('%s reads %s with the rights of %s%s, so %s can see rows its policies hide', v.subject, string_agg(distinct t.subject, ', '),
    min(pg_get_userbyid(b.owner)), case when bool_or(b.via <> v.oid) then ' through a view below it' else '' end, min(x.roles)) as detail,
  string_agg(distinct format('alter view %s set (security_invoker = true);', (select s.subject from relation s where s.oid = b.via)), ' ') as fix,
  case when bool_and(pg_get_viewdef(b.top) ~* 'auth\.(uid|jwt)\(|[( ](uid|jwt)\(\)|request\.jwt' and b.via = v.oid) then 'info' else 'error' end as severity
from below b join reads x2 on x2.view = b.view join relation t on t.oid = x2.relid and t.kind in ('r', 'p') and t.rls
join relation v on v.oid = b.top join reached x on x.relid = v.oid join pg_roles o on o.oid = b.owner
where b.as_owner and not v.declared
  and (o.rolsuper or o.rolbypassrls or (pg_has_role(o.oid, t.owner, 'usage') and not t.forced))
group by v.oid, v.subject
