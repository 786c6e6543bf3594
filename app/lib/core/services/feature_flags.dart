import 'dart:async';
import 'dart:convert';

import 'package:flutter/foundation.dart';
import 'package:flutter/widgets.dart';
import 'package:shared_preferences/shared_preferences.dart';
import 'package:supabase_flutter/supabase_flutter.dart';

import 'app_version.dart';

/// A row of public.feature_flags.
class FeatureFlag {
  const FeatureFlag({required this.enabled, required this.minimumAppVersion});

  final bool enabled;
  final String? minimumAppVersion;

  static FeatureFlag? fromRow(Object? row) {
    if (row is! Map) return null;
    final enabled = row['enabled'];
    final minimum = row['minimum_app_version'];
    if (enabled is! bool) return null;
    return FeatureFlag(
      enabled: enabled,
      minimumAppVersion: minimum is String ? minimum : null,
    );
  }
}

/// Switches that the backend turns without a new build.
///
/// A feature whose row is absent, was never read, or asks for a later app is
/// off. What was read last holds while the device is offline.
class FeatureFlags extends ChangeNotifier with WidgetsBindingObserver {
  FeatureFlags({required this.client, required this.appVersion});

  /// `bee rollback app` says after how long apps see a change; it counts on this.
  static const Duration pollInterval = Duration(seconds: 300);
  static const Duration _timeout = Duration(seconds: 10);
  static const String _cacheKey = 'feature_flags';

  final SupabaseClient client;
  final String appVersion;

  Map<String, FeatureFlag> _flags = const {};
  Timer? _timer;

  bool get useRealTimeUpdates => _isOn('realtime_updates');
  bool get enablePushNotifications => _isOn('push_notifications');
  bool get enableAnalytics => _isOn('analytics');
  bool get showDebugInfo => _isOn('debug_info');

  /// The app is older than the backend still speaks to: ask for an update.
  bool get updateRequired {
    final minimum = _flags['app']?.minimumAppVersion;
    return minimum != null && isOlderVersion(appVersion, minimum);
  }

  /// Reads what is stored, asks once, then every [pollInterval] and whenever
  /// the app comes back to the foreground.
  Future<void> start() async {
    WidgetsBinding.instance.addObserver(this);
    await _readCache();
    await refresh();
    _startTimer();
  }

  /// Keeps what is known when the backend cannot be asked.
  Future<void> refresh() async {
    try {
      final rows = await client
          .from('feature_flags')
          .select('key, enabled, minimum_app_version')
          .timeout(_timeout);
      _take(rows);
      final store = await SharedPreferences.getInstance();
      await store.setString(_cacheKey, jsonEncode(rows));
    } catch (error) {
      debugPrint('Feature flags stay as they were: $error');
    }
  }

  @override
  void didChangeAppLifecycleState(AppLifecycleState state) {
    if (state == AppLifecycleState.resumed) {
      unawaited(refresh());
      _startTimer();
    } else if (state == AppLifecycleState.paused) {
      _timer?.cancel();
    }
  }

  @override
  void dispose() {
    WidgetsBinding.instance.removeObserver(this);
    _timer?.cancel();
    super.dispose();
  }

  bool _isOn(String key) {
    final flag = _flags[key];
    if (flag == null || !flag.enabled) return false;
    final minimum = flag.minimumAppVersion;
    return minimum == null || !isOlderVersion(appVersion, minimum);
  }

  void _startTimer() {
    _timer?.cancel();
    _timer = Timer.periodic(pollInterval, (_) => unawaited(refresh()));
  }

  Future<void> _readCache() async {
    try {
      final store = await SharedPreferences.getInstance();
      final text = store.getString(_cacheKey);
      if (text != null) _take(jsonDecode(text));
    } catch (error) {
      debugPrint('Stored feature flags cannot be read: $error');
    }
  }

  void _take(Object? rows) {
    if (rows is! List) return;
    final flags = <String, FeatureFlag>{};
    for (final row in rows) {
      final flag = FeatureFlag.fromRow(row);
      final key = row is Map ? row['key'] : null;
      if (flag != null && key is String) flags[key] = flag;
    }
    _flags = flags;
    notifyListeners();
  }
}
