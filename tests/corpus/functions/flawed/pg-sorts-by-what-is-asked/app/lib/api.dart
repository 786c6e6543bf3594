final answer = await supabase.functions.invoke('leaderboard');
