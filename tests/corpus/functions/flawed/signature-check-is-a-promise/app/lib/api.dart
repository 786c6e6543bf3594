final answer = await supabase.functions.invoke('linear');
