final answer = await supabase.functions.invoke('journal');
