await supabase.functions.invoke('remote');
