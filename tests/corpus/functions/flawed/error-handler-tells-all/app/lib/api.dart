final answer = await supabase.functions.invoke('notes-api');
