final answer = await supabase.functions.invoke('orders');
