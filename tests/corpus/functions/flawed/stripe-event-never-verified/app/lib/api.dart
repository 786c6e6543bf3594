final answer = await supabase.functions.invoke('stripe-webhook');
