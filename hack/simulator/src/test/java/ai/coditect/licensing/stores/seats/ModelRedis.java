package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.simulator.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * The commands of Redis that scripts use, in memory. It can lose everything, go back to what it was
 * earlier, be away, and its clock is its own.
 */
public final class ModelRedis {

  private final Timeline timeline;
  private Map<String, Map<String, String>> hashes = new HashMap<>();
  private Map<String, Map<String, Double>> sortedSets = new HashMap<>();
  private Optional<ModelRedis> snapshot = Optional.empty();
  private Duration clockOffset = Duration.ZERO;
  private long awayUntilNanos;

  public ModelRedis(Timeline timeline) {
    this.timeline = timeline;
  }

  public void flush() {
    hashes.clear();
    sortedSets.clear();
  }

  /** Keeps what there is now, to come back to it. */
  public void takeSnapshot() {
    var copy = new ModelRedis(timeline);
    copy.copy(this);
    snapshot = Optional.of(copy);
  }

  /** Goes back to the last snapshot; answers whether there is one. */
  public boolean restoreSnapshot() {
    snapshot.ifPresent(this::copy);
    return snapshot.isPresent();
  }

  private void copy(ModelRedis other) {
    hashes = new HashMap<>();
    other.hashes.forEach((key, hash) -> hashes.put(key, new LinkedHashMap<>(hash)));
    sortedSets = new HashMap<>();
    other.sortedSets.forEach((key, set) -> sortedSets.put(key, new HashMap<>(set)));
  }

  public void goAway(Duration duration) {
    awayUntilNanos = timeline.nanos() + duration.toNanos();
  }

  public void jumpClock(Duration by) {
    clockOffset = clockOffset.plus(by);
  }

  boolean isAway() {
    return timeline.nanos() < awayUntilNanos;
  }

  void unlink(String... keys) {
    for (var key : keys) {
      hashes.remove(key);
      sortedSets.remove(key);
    }
  }

  /**
   * Runs one command.
   *
   * @return a {@link Long}, a {@link String}, a list, or null
   */
  Object call(String command, List<String> args) {
    var key = args.isEmpty() ? "" : args.getFirst();
    var rest = args.isEmpty() ? args : args.subList(1, args.size());
    return switch (command) {
      case "TIME" -> time();
      case "HGET" -> hash(key).get(rest.getFirst());
      case "HMGET" -> values(hash(key), rest);
      case "HGETALL" -> flat(hash(key));
      case "HEXISTS" -> bool(hash(key).containsKey(rest.getFirst()));
      case "HLEN" -> (long) hash(key).size();
      case "HSET", "HMSET" -> hset(key, rest);
      case "HDEL" -> hdel(key, rest);
      case "HINCRBY" -> hincrby(key, rest);
      case "ZADD" -> zadd(key, rest);
      case "ZREM" -> zrem(key, rest);
      case "ZSCORE" ->
          Optional.ofNullable(set(key).get(rest.getFirst())).map(ModelRedis::text).orElse(null);
      case "ZMSCORE" -> zmscore(key, rest);
      case "ZCARD" -> (long) set(key).size();
      case "ZCOUNT" -> (long) between(key, rest).size();
      case "ZRANGE" -> zrange(key, rest);
      case "ZRANGEBYSCORE" -> zrangebyscore(key, rest);
      case "ZREMRANGEBYSCORE" -> zremrangebyscore(key, rest);
      case "ZPOPMIN" -> zpopmin(key, rest);
      case "EXISTS" -> bool(hashes.containsKey(key) || sortedSets.containsKey(key));
      case "UNLINK", "DEL" -> removed(args);
      default -> throw new IllegalArgumentException("Not modelled: " + command);
    };
  }

  private List<String> time() {
    var now = now();
    return List.of(Long.toString(now.getEpochSecond()), Integer.toString(now.getNano() / 1_000));
  }

  private Instant now() {
    return timeline.now().plus(clockOffset);
  }

  private Map<String, String> hash(String key) {
    return hashes.getOrDefault(key, Map.of());
  }

  private Map<String, Double> set(String key) {
    return sortedSets.getOrDefault(key, Map.of());
  }

  private static List<String> values(Map<String, String> hash, List<String> fields) {
    var values = new ArrayList<String>();
    fields.forEach(field -> values.add(hash.get(field)));
    return values;
  }

  private static List<String> flat(Map<String, String> hash) {
    var flat = new ArrayList<String>();
    hash.forEach(
        (field, value) -> {
          flat.add(field);
          flat.add(value);
        });
    return flat;
  }

  private Long hset(String key, List<String> pairs) {
    var hash = hashes.computeIfAbsent(key, _ -> new LinkedHashMap<>());
    var added = 0L;
    for (var i = 0; i < pairs.size(); i += 2) {
      added += hash.put(pairs.get(i), pairs.get(i + 1)) == null ? 1 : 0;
    }
    return added;
  }

  private Long hdel(String key, List<String> fields) {
    var hash = hash(key);
    var removed = fields.stream().filter(field -> hash.containsKey(field)).count();
    fields.stream().filter(hash::containsKey).toList().forEach(hash::remove);
    if (hash.isEmpty()) {
      hashes.remove(key);
    }
    return removed;
  }

  private Long hincrby(String key, List<String> args) {
    var hash = hashes.computeIfAbsent(key, _ -> new LinkedHashMap<>());
    var sum = Long.parseLong(hash.getOrDefault(args.get(0), "0")) + Long.parseLong(args.get(1));
    hash.put(args.get(0), Long.toString(sum));
    return sum;
  }

  private Long zadd(String key, List<String> args) {
    var options = List.of("NX", "XX", "GT", "LT", "CH");
    var given = args.stream().takeWhile(options::contains).toList();
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("Not modelled: ZADD " + given);
    }
    var set = sortedSets.computeIfAbsent(key, _ -> new HashMap<>());
    var added = 0L;
    for (var i = 0; i < args.size(); i += 2) {
      added += set.put(args.get(i + 1), Double.valueOf(args.get(i))) == null ? 1 : 0;
    }
    return added;
  }

  private Long zrem(String key, List<String> members) {
    var set = set(key);
    var there = members.stream().filter(set::containsKey).toList();
    there.forEach(set::remove);
    if (set.isEmpty()) {
      sortedSets.remove(key);
    }
    return (long) there.size();
  }

  private List<String> zmscore(String key, List<String> members) {
    var scores = new ArrayList<String>();
    for (var member : members) {
      scores.add(Optional.ofNullable(set(key).get(member)).map(ModelRedis::text).orElse(null));
    }
    return scores;
  }

  private List<String> zrange(String key, List<String> args) {
    if (args.contains("BYSCORE") || args.contains("REV") || args.contains("BYLEX")) {
      throw new IllegalArgumentException("Not modelled: ZRANGE " + args);
    }
    var members = inOrder(key);
    var from = index(args.get(0), members.size());
    var to = Math.min(index(args.get(1), members.size()), members.size() - 1);
    return answer(
        from > to ? List.of() : members.subList(from, to + 1), args.contains("WITHSCORES"));
  }

  private static int index(String argument, int size) {
    var index = Integer.parseInt(argument);
    return index < 0 ? Math.max(0, size + index) : index;
  }

  private List<String> zrangebyscore(String key, List<String> args) {
    var found = between(key, args);
    var limit = args.indexOf("LIMIT");
    if (limit >= 0) {
      var offset = Integer.parseInt(args.get(limit + 1));
      var count = Integer.parseInt(args.get(limit + 2));
      found = found.stream().skip(offset).limit(count < 0 ? Long.MAX_VALUE : count).toList();
    }
    return answer(found, args.contains("WITHSCORES"));
  }

  private Long zremrangebyscore(String key, List<String> args) {
    return zrem(key, between(key, args).stream().map(Map.Entry::getKey).toList());
  }

  private List<String> zpopmin(String key, List<String> args) {
    var count = args.isEmpty() ? 1 : Integer.parseInt(args.getFirst());
    var popped = answer(inOrder(key).stream().limit(count).toList(), true);
    for (var i = 0; i < popped.size(); i += 2) {
      zrem(key, List.of(popped.get(i)));
    }
    return popped;
  }

  private List<Map.Entry<String, Double>> between(String key, List<String> bounds) {
    var from = bound(bounds.get(0), true);
    var to = bound(bounds.get(1), false);
    return inOrder(key).stream()
        .filter(entry -> from.test(entry.getValue()) && to.test(entry.getValue()))
        .toList();
  }

  private static DoublePredicate bound(String text, boolean isLower) {
    var isOpen = text.startsWith("(");
    var number = isOpen ? text.substring(1) : text;
    var value =
        switch (number) {
          case "-inf" -> Double.NEGATIVE_INFINITY;
          case "+inf", "inf" -> Double.POSITIVE_INFINITY;
          default -> Double.parseDouble(number);
        };
    return score ->
        isLower
            ? score > value || (!isOpen && score == value)
            : score < value || (!isOpen && score == value);
  }

  private List<Map.Entry<String, Double>> inOrder(String key) {
    return set(key).entrySet().stream()
        .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparing((Map.Entry<String, Double> entry) -> entry.getValue())
                .thenComparing(Map.Entry::getKey))
        .toList();
  }

  private static List<String> answer(List<Map.Entry<String, Double>> entries, boolean withScores) {
    var answer = new ArrayList<String>();
    for (var entry : entries) {
      answer.add(entry.getKey());
      if (withScores) {
        answer.add(text(entry.getValue()));
      }
    }
    return answer;
  }

  private Long removed(List<String> keys) {
    var there =
        keys.stream().filter(key -> hashes.containsKey(key) || sortedSets.containsKey(key)).count();
    unlink(keys.toArray(String[]::new));
    return there;
  }

  private static Long bool(boolean value) {
    return value ? 1L : 0L;
  }

  private static String text(double score) {
    return score == Math.rint(score) && !Double.isInfinite(score)
        ? Long.toString((long) score)
        : Double.toString(score);
  }
}
