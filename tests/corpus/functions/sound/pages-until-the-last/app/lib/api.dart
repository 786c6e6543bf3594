final answer = await supabase.functions.invoke('reindex');
