final answer = await supabase.functions.invoke('github');
