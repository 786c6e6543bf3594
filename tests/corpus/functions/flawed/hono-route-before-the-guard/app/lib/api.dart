final answer = await supabase.functions.invoke('admin-api');
