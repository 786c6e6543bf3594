create trigger sync after insert on public.events for each row
  execute function supabase_functions.http_request('http://kong:8000/functions/v1/realtime-sync', 'POST', '{}', '{}', '1000');
