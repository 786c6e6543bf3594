final answer = await supabase.functions.invoke('library');
