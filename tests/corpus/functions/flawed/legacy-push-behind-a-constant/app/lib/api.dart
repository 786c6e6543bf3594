final answer = await supabase.functions.invoke('push');
