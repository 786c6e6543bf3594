BEGIN;
CREATE TABLE public.settings (key text PRIMARY KEY, value jsonb NOT NULL);
ALTER TABLE public.settings ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.settings TO authenticated;
COMMIT;
