final answer = await supabase.functions.invoke('points');
