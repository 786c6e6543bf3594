import 'package:supabase_flutter/supabase_flutter.dart';

Future<Map<String, dynamic>> patchMember(SupabaseClient supabase) async {
  final res = await supabase.functions.invoke('patch-member', body: {'nickname': 'Bo'});
  return res.data as Map<String, dynamic>;
}
