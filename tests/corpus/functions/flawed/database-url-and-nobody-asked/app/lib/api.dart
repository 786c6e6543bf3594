final answer = await supabase.functions.invoke('metrics');
