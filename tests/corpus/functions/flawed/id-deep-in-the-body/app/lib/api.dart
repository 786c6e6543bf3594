final answer = await supabase.functions.invoke('update-plan');
