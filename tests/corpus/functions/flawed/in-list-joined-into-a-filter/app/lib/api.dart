final answer = await supabase.functions.invoke('compare');
