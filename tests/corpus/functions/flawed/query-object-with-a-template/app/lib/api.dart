final answer = await supabase.functions.invoke('audit-trail');
