final answer = await supabase.functions.invoke('catalog');
