final answer = await supabase.functions.invoke('ping');
