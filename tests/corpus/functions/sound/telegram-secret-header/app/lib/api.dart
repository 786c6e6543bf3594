final answer = await supabase.functions.invoke('telegram');
