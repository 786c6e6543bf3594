final answer = await supabase.functions.invoke('stats');
