/// `1.10.0` is later than `1.9.2`. What follows the numbers does not count.
bool isOlderVersion(String version, String than) {
  final one = _numbers(version);
  final other = _numbers(than);
  for (var i = 0; i < 3; i++) {
    if (one[i] != other[i]) return one[i] < other[i];
  }
  return false;
}

List<int> _numbers(String version) {
  final core = version.split(RegExp('[+-]')).first.split('.');
  return List.generate(
    3,
    (i) => i < core.length ? int.tryParse(core[i]) ?? 0 : 0,
  );
}
