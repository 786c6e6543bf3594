-- Policies on realtime.messages that let everybody into every private channel.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on realtime.messages lets %s %s every private channel: %s', p.name,
    case when c.passes = 'signed-in' then 'everybody signed in' else array_to_string(p.roles, ', ') end,
    case p.cmd when 'r' then 'listen to' when 'a' then 'send to' else 'listen and send to' end, c.text) as detail,
  format('drop policy %I on realtime.messages; -- then one that asks for (select realtime.topic())', p.name) as fix,
  'error' as severity
from policy p join open_condition c on c.relid = p.relid and c.text in (p.using_text, p.check_text)
where p.schema = 'realtime' and p.permissive and cardinality(p.roles) > 0
