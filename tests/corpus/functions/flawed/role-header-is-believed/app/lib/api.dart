final answer = await supabase.functions.invoke('moderate');
