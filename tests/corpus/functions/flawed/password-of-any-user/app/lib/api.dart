final answer = await supabase.functions.invoke('reset-password');
