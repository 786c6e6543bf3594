/// As the database writes it.
enum MomentumState {
  rising('Rising'),
  steady('Steady'),
  needsCare('NeedsCare');

  const MomentumState(this.stored);

  final String stored;

  static MomentumState parse(Object? value) {
    return values.firstWhere(
      (state) => state.stored == value,
      orElse: () => throw FormatException('not a momentum state: $value'),
    );
  }
}

class TrendDay {
  const TrendDay({required this.date, required this.score, required this.state});

  factory TrendDay.fromJson(Map<String, dynamic> json) {
    return TrendDay(
      date: DateTime.parse(json['score_date'] as String),
      score: (json['final_score'] as num).toDouble(),
      state: MomentumState.parse(json['momentum_state']),
    );
  }

  final DateTime date;
  final double score;
  final MomentumState state;
}

/// A day's score: the calculator's answer, or a row of daily_engagement_scores
/// (then without a trend).
class MomentumData {
  const MomentumData({
    required this.date,
    required this.score,
    required this.state,
    required this.eventsCount,
    required this.calculatedAt,
    required this.trend,
    this.isSample = false,
  });

  factory MomentumData.fromJson(Map<String, dynamic> json) {
    final trend = json['trend'] as List<dynamic>? ?? const [];
    return MomentumData(
      date: DateTime.parse(json['score_date'] as String),
      score: (json['final_score'] as num).toDouble(),
      state: MomentumState.parse(json['momentum_state']),
      eventsCount: (json['events_count'] as num).toInt(),
      calculatedAt: DateTime.parse(json['calculated_at'] as String),
      trend: [
        for (final day in trend) TrendDay.fromJson(day as Map<String, dynamic>),
      ],
    );
  }

  /// For demonstrations. Whoever shows it must say that it is nobody's score.
  factory MomentumData.sample() {
    final today = DateTime.utc(2025, 1, 6);
    return MomentumData(
      date: today,
      score: 69,
      state: MomentumState.steady,
      eventsCount: 6,
      calculatedAt: today,
      trend: [TrendDay(date: today, score: 69, state: MomentumState.steady)],
      isSample: true,
    );
  }

  final DateTime date;
  final double score;
  final MomentumState state;
  final int eventsCount;
  final DateTime calculatedAt;

  /// The last 7 days with a score, oldest first.
  final List<TrendDay> trend;
  final bool isSample;
}
