final answer = await supabase.functions.invoke('feedback');
