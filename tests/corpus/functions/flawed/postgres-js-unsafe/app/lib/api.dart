final answer = await supabase.functions.invoke('search');
