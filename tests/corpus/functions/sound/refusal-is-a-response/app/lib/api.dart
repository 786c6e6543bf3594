final answer = await supabase.functions.invoke('streak');
