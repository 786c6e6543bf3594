final answer = await supabase.functions.invoke('calc');
