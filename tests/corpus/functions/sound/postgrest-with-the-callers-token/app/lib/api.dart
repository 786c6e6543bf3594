final answer = await supabase.functions.invoke('digest');
