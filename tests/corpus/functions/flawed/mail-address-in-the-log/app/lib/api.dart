final answer = await supabase.functions.invoke('signup');
