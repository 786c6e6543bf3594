final answer = await supabase.functions.invoke('checkin');
