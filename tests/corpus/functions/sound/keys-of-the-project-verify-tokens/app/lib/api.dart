final answer = await supabase.functions.invoke('devices');
