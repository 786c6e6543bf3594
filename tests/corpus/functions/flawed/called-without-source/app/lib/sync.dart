Future<void> sync() async {
  await supabase.functions.invoke('batch-events', body: {});
}
