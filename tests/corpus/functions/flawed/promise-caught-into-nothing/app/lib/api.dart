final answer = await supabase.functions.invoke('subscribe');
