final answer = await supabase.functions.invoke('client-config');
