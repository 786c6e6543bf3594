final answer = await supabase.functions.invoke('session-api');
