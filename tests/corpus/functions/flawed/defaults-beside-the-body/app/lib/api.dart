final answer = await supabase.functions.invoke('transfer');
