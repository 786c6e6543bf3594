final answer = await supabase.functions.invoke('summarize');
