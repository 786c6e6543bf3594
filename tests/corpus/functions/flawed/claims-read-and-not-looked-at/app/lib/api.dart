final answer = await supabase.functions.invoke('report');
