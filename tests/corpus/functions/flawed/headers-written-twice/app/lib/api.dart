final answer = await supabase.functions.invoke('motd');
