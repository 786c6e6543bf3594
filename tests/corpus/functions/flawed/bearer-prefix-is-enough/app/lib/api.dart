final answer = await supabase.functions.invoke('list-users');
