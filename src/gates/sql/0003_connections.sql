-- Client connections now, and how many of them the server takes beside those kept for superusers.
select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most
