final answer = await supabase.functions.invoke('ban-user');
