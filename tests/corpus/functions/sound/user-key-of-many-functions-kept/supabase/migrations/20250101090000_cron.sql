select cron.schedule('notes', '0 6 * * *', $$select net.http_post('http://kong:8000/functions/v1/notes')$$);
