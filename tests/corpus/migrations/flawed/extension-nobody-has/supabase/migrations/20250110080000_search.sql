create extension if not exists pg_bigm with schema extensions;
