final answer = await supabase.functions.invoke('sms');
