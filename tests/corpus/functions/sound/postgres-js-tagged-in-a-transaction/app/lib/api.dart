final answer = await supabase.functions.invoke('redeem');
