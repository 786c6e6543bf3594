final answer = await supabase.functions.invoke('people');
