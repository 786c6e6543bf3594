final answer = await supabase.functions.invoke('scan');
