import 'package:supabase_flutter/supabase_flutter.dart';

Future<Map<String, dynamic>> refreshLink(SupabaseClient supabase) async {
  final res = await supabase.functions.invoke('refresh-link', body: {'provider': 'spotify'});
  return res.data as Map<String, dynamic>;
}
