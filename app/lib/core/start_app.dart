import 'dart:async';

import 'package:flutter/material.dart';
import 'package:package_info_plus/package_info_plus.dart';
import 'package:supabase_flutter/supabase_flutter.dart';

import 'config/app_config.dart';
import 'services/error_reporting_service.dart';
import 'services/feature_flags.dart';

/// `void main() => startApp((flags) => BeeApp(flags: flags));`
///
/// [buildApp] gets null instead of flags in a build with sample data.
Future<void> startApp(Widget Function(FeatureFlags? flags) buildApp) async {
  WidgetsFlutterBinding.ensureInitialized();
  try {
    AppConfig.check();
  } on ConfigError catch (error) {
    debugPrint('$error');
    runApp(_Notice(text: '$error'));
    return;
  }
  await ErrorReportingService.run(() async {
    if (AppConfig.useMockData) {
      runApp(_SampleDataBanner(child: buildApp(null)));
      return;
    }
    await Supabase.initialize(
      url: AppConfig.supabaseUrl,
      anonKey: AppConfig.supabaseAnonKey,
    );
    final package = await PackageInfo.fromPlatform();
    final flags = FeatureFlags(
      client: Supabase.instance.client,
      appVersion: package.version,
    );
    // A device that is offline starts with what it knew.
    unawaited(flags.start());
    runApp(_UpdateGate(flags: flags, child: buildApp(flags)));
  });
}

class _UpdateGate extends StatelessWidget {
  const _UpdateGate({required this.flags, required this.child});

  final FeatureFlags flags;
  final Widget child;

  @override
  Widget build(BuildContext context) {
    return ListenableBuilder(
      listenable: flags,
      builder: (context, _) => flags.updateRequired
          ? const _Notice(text: 'Please update the app to go on.')
          : child,
    );
  }
}

/// Invented scores must not be taken for one's own.
class _SampleDataBanner extends StatelessWidget {
  const _SampleDataBanner({required this.child});

  final Widget child;

  @override
  Widget build(BuildContext context) {
    return Directionality(
      textDirection: TextDirection.ltr,
      child: Banner(
        message: 'SAMPLE DATA',
        location: BannerLocation.topStart,
        child: child,
      ),
    );
  }
}

class _Notice extends StatelessWidget {
  const _Notice({required this.text});

  final String text;

  @override
  Widget build(BuildContext context) {
    return MaterialApp(
      home: Scaffold(
        body: Center(
          child: Padding(
            padding: const EdgeInsets.all(24),
            child: Text(text, textAlign: TextAlign.center),
          ),
        ),
      ),
    );
  }
}
