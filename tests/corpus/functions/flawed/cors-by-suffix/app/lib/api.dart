final answer = await supabase.functions.invoke('quotes');
