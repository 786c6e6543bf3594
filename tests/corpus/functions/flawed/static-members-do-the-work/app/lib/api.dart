final answer = await supabase.functions.invoke('remove-points');
