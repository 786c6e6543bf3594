final answer = await supabase.functions.invoke('v2');
