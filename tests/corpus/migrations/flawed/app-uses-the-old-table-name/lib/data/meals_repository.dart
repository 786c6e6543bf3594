import 'package:supabase_flutter/supabase_flutter.dart';

class MealsRepository {
  MealsRepository(this._client);
  final SupabaseClient _client;

  Future<List<Map<String, dynamic>>> today(DateTime since) =>
      _client.from('food_log').select('id, eaten_at').gte('eaten_at', since.toIso8601String());
}
