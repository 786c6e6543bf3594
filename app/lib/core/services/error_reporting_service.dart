import 'dart:async';

import 'package:sentry_flutter/sentry_flutter.dart';

import '../config/app_config.dart';

abstract final class ErrorReportingService {
  /// Runs the app inside Sentry when the build names a DSN, else as it is.
  /// Sentry hears of Flutter's and the platform's errors by itself and still
  /// lets Flutter print them; nothing is to be put in their place.
  static Future<void> run(FutureOr<void> Function() app) async {
    if (AppConfig.sentryDsn.isEmpty) {
      await app();
      return;
    }
    await SentryFlutter.init(
      (options) {
        options.dsn = AppConfig.sentryDsn;
        options.environment = AppConfig.isProduction ? 'production' : 'staging';
        options.tracesSampleRate = 0.1;
        // Scores and states are about people's health: they stay on the device.
        options.sendDefaultPii = false;
      },
      appRunner: app,
    );
  }

  /// For errors that were handled but should be known.
  static Future<void> report(Object error, StackTrace stackTrace) async {
    await Sentry.captureException(error, stackTrace: stackTrace);
  }
}
