final answer = await supabase.functions.invoke('history');
