final answer = await supabase.functions.invoke('sync');
