import 'package:supabase_flutter/supabase_flutter.dart';

class Api {
  Api(this._client);
  final SupabaseClient _client;

  Future<dynamic> partnerOrders(Map<String, dynamic> body) async {
    final res = await _client.functions.invoke('partner-orders', body: body);
    return res.data;
  }

}
