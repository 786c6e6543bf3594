final a = await supabase.functions.invoke('old');
final b = await supabase.functions.invoke('gone');
