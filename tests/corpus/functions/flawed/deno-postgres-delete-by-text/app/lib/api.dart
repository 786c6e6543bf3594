final answer = await supabase.functions.invoke('purge');
