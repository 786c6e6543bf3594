final answer = await supabase.functions.invoke('rsvp');
