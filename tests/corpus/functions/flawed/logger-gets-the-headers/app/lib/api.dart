final answer = await supabase.functions.invoke('track');
