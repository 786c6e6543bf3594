-- Read at each start of the app.
-- table: feature_flags
-- weight: 2
select key, enabled, minimum_app_version
from public.feature_flags;
