final answer = await supabase.functions.invoke('ranking');
