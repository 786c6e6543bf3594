final answer = await supabase.functions.invoke('relay');
