final answer = await supabase.functions.invoke('generate-codes');
