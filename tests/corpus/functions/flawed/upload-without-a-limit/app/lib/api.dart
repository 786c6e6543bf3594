final answer = await supabase.functions.invoke('avatar');
