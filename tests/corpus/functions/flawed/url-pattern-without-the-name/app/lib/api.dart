final answer = await supabase.functions.invoke('invoices');
