final answer = await supabase.functions.invoke('weekly');
