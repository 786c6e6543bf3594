final answer = await supabase.functions.invoke('streaks');
