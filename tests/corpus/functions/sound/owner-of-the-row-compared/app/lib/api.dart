final answer = await supabase.functions.invoke('cancel-booking');
