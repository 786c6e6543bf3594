final answer = await supabase.functions.invoke('my-files');
