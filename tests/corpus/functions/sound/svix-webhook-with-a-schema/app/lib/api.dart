final answer = await supabase.functions.invoke('auth-hook');
