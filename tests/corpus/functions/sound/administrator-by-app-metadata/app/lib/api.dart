final answer = await supabase.functions.invoke('grant-credits');
