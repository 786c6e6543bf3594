final answer = await supabase.functions.invoke('mark-read');
