final answer = await supabase.functions.invoke('badges');
