final answer = await supabase.functions.invoke('geocode');
