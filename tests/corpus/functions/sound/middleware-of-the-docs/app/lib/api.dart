final answer = await supabase.functions.invoke('hello');
