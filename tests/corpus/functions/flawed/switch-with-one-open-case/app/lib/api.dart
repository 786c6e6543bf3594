final answer = await supabase.functions.invoke('teams');
