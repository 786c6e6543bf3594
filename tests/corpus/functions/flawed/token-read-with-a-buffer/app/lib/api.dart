final answer = await supabase.functions.invoke('inbox');
