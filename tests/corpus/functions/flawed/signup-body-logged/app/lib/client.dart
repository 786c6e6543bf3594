import 'package:supabase_flutter/supabase_flutter.dart';

Future<Map<String, dynamic>> createStaffAccount(SupabaseClient supabase) async {
  final res = await supabase.functions.invoke('create-staff-account', body: {'email': 'a@b.se', 'password': 'x', 'fullName': 'A B'});
  return res.data as Map<String, dynamic>;
}
