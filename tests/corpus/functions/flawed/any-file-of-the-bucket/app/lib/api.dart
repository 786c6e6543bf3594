final answer = await supabase.functions.invoke('download');
