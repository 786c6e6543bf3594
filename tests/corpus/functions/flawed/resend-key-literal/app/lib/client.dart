import 'package:supabase_flutter/supabase_flutter.dart';

Future<Map<String, dynamic>> submitFeedback(SupabaseClient supabase) async {
  final res = await supabase.functions.invoke('submit-feedback', body: {'message': 'Nice app'});
  return res.data as Map<String, dynamic>;
}
