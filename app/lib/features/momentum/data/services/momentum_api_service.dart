import 'dart:async';

import 'package:supabase_flutter/supabase_flutter.dart';

import '../../../../core/config/app_config.dart';
import '../models/momentum_data.dart';

class MomentumException implements Exception {
  const MomentumException(this.code, {this.requestId});

  /// Stable, such as `rate_limited`; `unreachable` when nobody answered.
  final String code;

  /// For support: finds the call in the function's log.
  final String? requestId;

  @override
  String toString() => 'MomentumException($code, request $requestId)';
}

class MomentumApiService {
  const MomentumApiService(this.client);

  static const Duration _timeout = Duration(seconds: 15);

  final SupabaseClient client;

  /// Today's score of whoever is signed in. The backend knows the user by the
  /// token and the day by their time zone. While the function is switched off
  /// or out of reach, the score stored last is shown.
  Future<MomentumData> getCurrentMomentum() async {
    if (AppConfig.useMockData) return MomentumData.sample();
    final MomentumException refusal;
    try {
      final response = await client.functions
          .invoke('momentum-score-calculator', body: const <String, dynamic>{})
          .timeout(_timeout);
      return MomentumData.fromJson(response.data as Map<String, dynamic>);
    } on FunctionException catch (error) {
      refusal = _refusal(error);
      if (error.status < 500) throw refusal;
    } on TimeoutException {
      refusal = const MomentumException('unreachable');
    }
    return await getStoredMomentum() ?? (throw refusal);
  }

  /// The newest stored score; null before the first. Row level security shows
  /// users their own alone.
  Future<MomentumData?> getStoredMomentum() async {
    final userId = client.auth.currentUser?.id;
    if (userId == null) return null;
    final row = await client
        .from('daily_engagement_scores')
        .select(
          'score_date, final_score, momentum_state, events_count, calculated_at',
        )
        .eq('user_id', userId)
        .order('score_date', ascending: false)
        .limit(1)
        .maybeSingle()
        .timeout(_timeout);
    return row == null ? null : MomentumData.fromJson(row);
  }

  /// [idempotencyKey] is made when the event happens and kept with it: replayed
  /// after being offline, the event counts once.
  Future<void> logEvent({
    required String type,
    required String idempotencyKey,
    required DateTime occurredAt,
    Map<String, dynamic> value = const {},
  }) async {
    await client
        .from('engagement_events')
        .upsert(
          {
            'user_id': client.auth.currentUser?.id,
            'event_type': type,
            'idempotency_key': idempotencyKey,
            'occurred_at': occurredAt.toUtc().toIso8601String(),
            'value': value,
          },
          onConflict: 'user_id,idempotency_key',
          ignoreDuplicates: true,
        )
        .timeout(_timeout);
  }

  MomentumException _refusal(FunctionException error) {
    final details = error.details;
    final refusal = details is Map ? details['error'] : null;
    if (refusal is! Map) return MomentumException('http_${error.status}');
    return MomentumException(
      '${refusal['code']}',
      requestId: refusal['request_id']?.toString(),
    );
  }
}
