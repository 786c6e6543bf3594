await supabase.functions.invoke('totals');
