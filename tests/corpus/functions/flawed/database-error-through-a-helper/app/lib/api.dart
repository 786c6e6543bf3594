final answer = await supabase.functions.invoke('habits');
