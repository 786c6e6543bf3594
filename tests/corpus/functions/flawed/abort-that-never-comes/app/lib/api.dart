final answer = await supabase.functions.invoke('translate');
