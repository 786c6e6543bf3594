final answer = await supabase.functions.invoke('debug-echo');
