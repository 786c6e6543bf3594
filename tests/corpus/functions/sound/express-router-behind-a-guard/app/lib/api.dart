final answer = await supabase.functions.invoke('api');
