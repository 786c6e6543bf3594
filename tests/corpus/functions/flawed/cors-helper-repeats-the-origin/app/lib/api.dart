final answer = await supabase.functions.invoke('profile-card');
