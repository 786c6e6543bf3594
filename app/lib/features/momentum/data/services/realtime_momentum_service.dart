import 'dart:async';

import 'package:flutter/foundation.dart';
import 'package:supabase_flutter/supabase_flutter.dart';

import '../../../../core/services/feature_flags.dart';
import '../models/momentum_data.dart';
import 'momentum_api_service.dart';

/// New scores of the signed-in user as they are stored, while the flag is on.
class RealtimeMomentumService {
  RealtimeMomentumService({
    required this.client,
    required this.flags,
    required this.api,
  });

  final SupabaseClient client;
  final FeatureFlags flags;
  final MomentumApiService api;

  final StreamController<MomentumData> _updates = StreamController.broadcast();
  StreamSubscription<AuthState>? _authChanges;
  RealtimeChannel? _channel;
  String? _channelUser;

  Stream<MomentumData> get updates => _updates.stream;

  void start() {
    _authChanges = client.auth.onAuthStateChange.listen((_) => _sync());
    flags.addListener(_sync);
    _sync();
  }

  Future<void> dispose() async {
    flags.removeListener(_sync);
    await _authChanges?.cancel();
    _leave();
    await _updates.close();
  }

  void _sync() {
    final userId = flags.useRealTimeUpdates
        ? client.auth.currentUser?.id
        : null;
    if (userId == _channelUser) return;
    _leave();
    if (userId != null) _join(userId);
  }

  void _join(String userId) {
    _channelUser = userId;
    _channel = client
        .channel('momentum-updates-$userId')
        .onPostgresChanges(
          event: PostgresChangeEvent.all,
          schema: 'public',
          table: 'daily_engagement_scores',
          filter: PostgresChangeFilter(
            type: PostgresChangeFilterType.eq,
            column: 'user_id',
            value: userId,
          ),
          callback: (payload) => _take(payload.newRecord),
        )
        .subscribe((status, [error]) {
          // What was stored while the line was down is not sent again.
          if (status == RealtimeSubscribeStatus.subscribed) {
            unawaited(_catchUp());
          }
        });
  }

  void _leave() {
    final channel = _channel;
    _channel = null;
    _channelUser = null;
    if (channel != null) unawaited(client.removeChannel(channel));
  }

  Future<void> _catchUp() async {
    try {
      final stored = await api.getStoredMomentum();
      if (stored != null && !_updates.isClosed) _updates.add(stored);
    } catch (error) {
      debugPrint('The stored score waits for the next change: $error');
    }
  }

  void _take(Map<String, dynamic> row) {
    // A deletion has no new record.
    if (row.isEmpty || _updates.isClosed) return;
    try {
      _updates.add(MomentumData.fromJson(row));
    } catch (error) {
      debugPrint('A score that this app does not understand: $error');
    }
  }
}
