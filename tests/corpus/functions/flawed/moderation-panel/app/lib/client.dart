import 'package:supabase_flutter/supabase_flutter.dart';

class Api {
  Api(this._client);
  final SupabaseClient _client;

  Future<dynamic> moderatePost(Map<String, dynamic> body) async {
    final res = await _client.functions.invoke('moderate-post', body: body);
    return res.data;
  }

}
