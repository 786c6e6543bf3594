final answer = await supabase.functions.invoke('shop-proxy');
