final answer = await supabase.functions.invoke('clerk-sync');
