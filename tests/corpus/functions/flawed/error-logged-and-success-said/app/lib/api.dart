final answer = await supabase.functions.invoke('save-settings');
