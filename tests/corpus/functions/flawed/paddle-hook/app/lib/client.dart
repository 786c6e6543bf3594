import 'package:supabase_flutter/supabase_flutter.dart';

class Api {
  Api(this._client);
  final SupabaseClient _client;

  Future<dynamic> paddleWebhook(Map<String, dynamic> body) async {
    final res = await _client.functions.invoke('paddle-webhook', body: body);
    return res.data;
  }

}
