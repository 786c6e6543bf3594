final answer = await supabase.functions.invoke('close-shop');
