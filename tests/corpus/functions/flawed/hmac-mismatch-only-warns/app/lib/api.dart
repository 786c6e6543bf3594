final answer = await supabase.functions.invoke('shopify');
