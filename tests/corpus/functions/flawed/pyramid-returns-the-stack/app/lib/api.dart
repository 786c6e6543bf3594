final answer = await supabase.functions.invoke('import-csv');
