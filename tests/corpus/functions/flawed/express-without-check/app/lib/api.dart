final answer = await supabase.functions.invoke('totals');
