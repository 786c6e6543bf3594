final answer = await supabase.functions.invoke('wallet');
