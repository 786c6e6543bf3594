final answer = await supabase.functions.invoke('public-api');
