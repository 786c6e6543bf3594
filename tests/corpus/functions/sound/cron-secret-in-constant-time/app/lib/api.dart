final answer = await supabase.functions.invoke('cleanup');
