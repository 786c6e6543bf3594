final answer = await supabase.functions.invoke('weather');
