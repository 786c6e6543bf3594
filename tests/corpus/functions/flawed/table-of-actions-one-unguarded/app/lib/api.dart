final answer = await supabase.functions.invoke('rooms');
