final answer = await supabase.functions.invoke('register-event');
