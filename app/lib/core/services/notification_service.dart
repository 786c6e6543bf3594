import 'dart:async';

import 'package:firebase_messaging/firebase_messaging.dart';
import 'package:flutter/foundation.dart';
import 'package:supabase_flutter/supabase_flutter.dart';

import 'feature_flags.dart';

/// The system shows the notification itself; there is nothing more to do.
/// A top-level function: it runs in an isolate of its own.
@pragma('vm:entry-point')
Future<void> handleBackgroundMessage(RemoteMessage message) async {}

/// Registers this device while the flag is on and somebody is signed in, and
/// tells the backend what arrived and what was opened. Firebase is initialised
/// before.
class NotificationService {
  NotificationService({
    required this.client,
    required this.flags,
    required this.onOpen,
  });

  final SupabaseClient client;
  final FeatureFlags flags;

  /// With the screen that the notification names: momentum, today_feed or
  /// coach_chat.
  final void Function(String screen) onOpen;

  final List<StreamSubscription<Object?>> _subscriptions = [];
  String? _registeredFor;
  Future<void> _work = Future.value();

  Future<void> start() async {
    FirebaseMessaging.onBackgroundMessage(handleBackgroundMessage);
    _subscriptions.addAll([
      FirebaseMessaging.onMessage.listen((message) => _report(message, 'delivered')),
      FirebaseMessaging.onMessageOpenedApp.listen(_open),
      FirebaseMessaging.instance.onTokenRefresh.listen((_) {
        _registeredFor = null;
        _sync();
      }),
      client.auth.onAuthStateChange.listen((_) => _sync()),
    ]);
    flags.addListener(_sync);
    final first = await FirebaseMessaging.instance.getInitialMessage();
    if (first != null) _open(first);
    _sync();
  }

  /// Before signing out: afterwards nobody may take this device off the list.
  Future<void> unregister() async {
    final userId = client.auth.currentUser?.id;
    if (userId == null) return;
    await client
        .from('user_fcm_tokens')
        .delete()
        .eq('user_id', userId)
        .eq('platform', _platform);
    _registeredFor = null;
  }

  Future<void> dispose() async {
    flags.removeListener(_sync);
    for (final subscription in _subscriptions) {
      await subscription.cancel();
    }
  }

  /// One at a time, so that switching off and on again ends as asked last.
  void _sync() {
    _work = _work.then((_) => _syncNow()).catchError((Object error) {
      debugPrint('Push registration waits for the next occasion: $error');
    });
  }

  Future<void> _syncNow() async {
    final userId = client.auth.currentUser?.id;
    if (!flags.enablePushNotifications) {
      if (_registeredFor != null) await unregister();
      return;
    }
    if (userId == null || userId == _registeredFor) return;
    final settings = await FirebaseMessaging.instance.requestPermission();
    if (settings.authorizationStatus == AuthorizationStatus.denied) return;
    final token = await FirebaseMessaging.instance.getToken();
    if (token == null) return;
    // A plain insert: the database replaces this user's token of the platform,
    // and takes the device away from whoever was signed in on it before.
    await client.from('user_fcm_tokens').insert({
      'platform': _platform,
      'token': token,
    });
    _registeredFor = userId;
  }

  void _open(RemoteMessage message) {
    _report(message, 'opened');
    final screen = message.data['screen'];
    if (screen is String) onOpen(screen);
  }

  void _report(RemoteMessage message, String status) {
    final id = message.data['notification_id'];
    if (id is! String) return;
    unawaited(
      client
          .from('momentum_notifications')
          .update({'status': status})
          .eq('id', id)
          .then<void>((_) {})
          .catchError((Object error) {
            debugPrint('A notification stays unreported: $error');
          }),
    );
  }

  static String get _platform {
    if (kIsWeb) return 'web';
    return defaultTargetPlatform == TargetPlatform.iOS ? 'ios' : 'android';
  }
}
