import 'package:sentry_flutter/sentry_flutter.dart';

abstract final class PerformanceMonitor {
  /// Measures [operation] under [name]; its result and its error pass through.
  static Future<T> track<T>(String name, Future<T> Function() operation) async {
    final span = Sentry.startTransaction(name, 'task');
    try {
      final result = await operation();
      span.status = const SpanStatus.ok();
      return result;
    } catch (error) {
      span.throwable = error;
      span.status = const SpanStatus.internalError();
      rethrow;
    } finally {
      await span.finish();
    }
  }
}
