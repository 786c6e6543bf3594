final answer = await supabase.functions.invoke('nightly');
