final answer = await supabase.functions.invoke('export');
