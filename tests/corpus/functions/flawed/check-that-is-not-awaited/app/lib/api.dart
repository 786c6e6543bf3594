final answer = await supabase.functions.invoke('rebuild');
