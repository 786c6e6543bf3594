final answer = await supabase.functions.invoke('order-placed');
