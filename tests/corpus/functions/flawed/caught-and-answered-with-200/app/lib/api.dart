final answer = await supabase.functions.invoke('send-invite');
