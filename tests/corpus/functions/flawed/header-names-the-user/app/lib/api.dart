final answer = await supabase.functions.invoke('goals');
