final answer = await supabase.functions.invoke('todos');
