import 'dart:convert';

import 'package:flutter/foundation.dart';

/// What the build was told by `--dart-define` or `--dart-define-from-file`.
/// Gradle's `buildConfigField` does not reach Dart: nothing is read from there.
abstract final class AppConfig {
  static const bool isProduction = bool.fromEnvironment('PRODUCTION');
  static const bool useMockData = bool.fromEnvironment('USE_MOCK_DATA');
  static const String supabaseUrl = String.fromEnvironment('SUPABASE_URL');

  /// The publishable (anon) key. Never the secret (service_role) key.
  static const String supabaseAnonKey = String.fromEnvironment(
    'SUPABASE_ANON_KEY',
  );
  static const String sentryDsn = String.fromEnvironment('SENTRY_DSN');

  /// Throws [ConfigError] with everything that is wrong. Called before anything
  /// else: a build with placeholders must not reach a user.
  static void check() {
    final found = findConfigProblems(
      isRelease: kReleaseMode,
      saysProduction: const bool.hasEnvironment('PRODUCTION'),
      isProduction: isProduction,
      useMockData: useMockData,
      supabaseUrl: supabaseUrl,
      supabaseAnonKey: supabaseAnonKey,
      sentryDsn: sentryDsn,
    );
    if (found.isNotEmpty) throw ConfigError(found);
  }
}

class ConfigError implements Exception {
  const ConfigError(this.problems);

  final List<String> problems;

  @override
  String toString() => 'This build is not configured:\n${problems.join('\n')}';
}

/// Pure, so that it can be tested with any values.
List<String> findConfigProblems({
  required bool isRelease,
  required bool saysProduction,
  required bool isProduction,
  required bool useMockData,
  required String supabaseUrl,
  required String supabaseAnonKey,
  required String sentryDsn,
}) {
  return [
    // Whoever takes the app apart reads every define.
    if (_isServiceKey(supabaseAnonKey))
      'SUPABASE_ANON_KEY is a secret key; it must never be in an app',
    if (!useMockData) ...[
      if (_isPlaceholder(supabaseUrl)) 'SUPABASE_URL is missing or a placeholder',
      if (_isPlaceholder(supabaseAnonKey))
        'SUPABASE_ANON_KEY is missing or a placeholder',
      if (isRelease && !supabaseUrl.startsWith('https://'))
        'SUPABASE_URL must begin with https:// in a release',
      if (isRelease && !saysProduction)
        'PRODUCTION=true or PRODUCTION=false must be said in a release',
      if (isProduction && _isPlaceholder(sentryDsn))
        'SENTRY_DSN is missing or a placeholder',
    ],
  ];
}

bool _isPlaceholder(String value) {
  final text = value.trim().toLowerCase();
  return text.isEmpty ||
      text.contains('your-') ||
      text.contains('your_') ||
      text.contains('example') ||
      text.contains('placeholder') ||
      text.startsWith('<');
}

bool _isServiceKey(String key) {
  if (key.startsWith('sb_secret_')) return true;
  final parts = key.split('.');
  if (parts.length != 3) return false;
  try {
    final payload = utf8.decode(base64Url.decode(base64Url.normalize(parts[1])));
    final claims = jsonDecode(payload);
    return claims is Map && claims['role'] == 'service_role';
  } on FormatException {
    return false;
  }
}
