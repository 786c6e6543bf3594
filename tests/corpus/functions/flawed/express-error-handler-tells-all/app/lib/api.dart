final answer = await supabase.functions.invoke('billing');
