final answer = await supabase.functions.invoke('notify-partner');
