final answer = await supabase.functions.invoke('device-token');
