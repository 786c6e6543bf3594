final answer = await supabase.functions.invoke('batch-events');
