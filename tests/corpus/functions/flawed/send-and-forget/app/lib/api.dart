final answer = await supabase.functions.invoke('invite-friend');
