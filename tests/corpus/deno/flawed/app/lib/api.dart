await supabase.functions.invoke('types');
await supabase.functions.invoke('names');
await supabase.functions.invoke('endings');
await supabase.functions.invoke('mistakes');
await supabase.functions.invoke('twice');
