final answer = await supabase.functions.invoke('account-invoices');
