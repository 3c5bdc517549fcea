package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.FaultyApi;
import ai.coditect.licensing.operator.cluster.FaultyApi.Request;
import ai.coditect.licensing.operator.cluster.Meanwhile;
import ai.coditect.licensing.operator.cluster.Scene;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The API server answers with errors for a while. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class ApiErrorsTest {

  private static final Pattern SINCE = Pattern.compile("(?<=[?&]resourceVersion=)\\d+");
  private static final Pattern PATH = Pattern.compile("/[^ ?]*");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  /** Then the Kubernetes client gives a request up, and the operator has to try again. */
  private static final int ATTEMPTS = 11;

  private final Scene scene = Scene.withoutOperator();
  private final FaultyApi api = FaultyApi.start();
  private Meanwhile meanwhile;

  @BeforeEach
  void serve() {
    scene.startOperator(Cluster.asTheOperatorBy(api.url()));
    scene.apply(TENANT + "---\n" + POOL);
    awaitTenantServing(scene);
    awaitPoolServing(scene);
    meanwhile = Meanwhile.in(scene, TENANT, POOL);
  }

  @AfterEach
  void end() {
    api.heal();
    scene.close();
    api.close();
  }

  /** The server itself says so: it is asked for what happened since its first day. */
  @Test
  void watchThatIsTooOldIsBegunAnewAndMissesNothing() {
    var kinds = paths(api.requests(), line -> isWatch(line) && line.contains(Licensing.GROUP));
    api.askInstead(line -> isWatch(line) ? SINCE.matcher(line).replaceFirst("1") : line);
    api.cut();
    meanwhile.happens();
    int before = api.requests().size();
    await("both kinds listed anew")
        .atMost(Scene.PATIENCE)
        .until(
            () ->
                paths(since(before), line -> line.startsWith("GET") && !isWatch(line))
                    .containsAll(kinds));
    api.heal();
    meanwhile.awaitServed();
  }

  @Test
  void nothingIsAskedAgainSoonerThanTheServerWishes() {
    refuseAll(429, "TooManyRequests", "Retry-After: %d\r\n".formatted(RETRY_AFTER.toSeconds()));
    await("requests tried again").atMost(Scene.PATIENCE).until(() -> mostRefusals() > 3);
    api.heal();
    meanwhile.awaitServed();
    assertThat(waits()).isNotEmpty().allMatch(wait -> wait.compareTo(RETRY_AFTER) > 0);
  }

  @Test
  void errorsThatOutlastTheClientsPatienceLoseNothing() {
    refuseAll(500, "InternalError", "");
    await("a request that is given up")
        .atMost(Duration.ofMinutes(1))
        .until(() -> mostRefusals() > ATTEMPTS);
    api.heal();
    meanwhile.awaitServed();
  }

  @Test
  void statusThatMeetsConflictsIsWrittenInTheEnd() {
    api.refuse(line -> line.startsWith("PATCH") && line.contains("/status"), 409, "Conflict", "");
    meanwhile.happens();
    await("conflicts").atMost(Scene.PATIENCE).until(() -> mostRefusals() > 3);
    api.heal();
    meanwhile.awaitServed();
  }

  @Test
  void aSlowServerIsWaitedFor() {
    api.delay(Duration.ofSeconds(2));
    meanwhile.happens();
    meanwhile.awaitServed();
  }

  /** First what the operator writes, having heard of something, and then its watches, too. */
  private void refuseAll(int status, String reason, String headers) {
    api.refuse(line -> true, status, reason, headers);
    meanwhile.happens();
    await("a refusal").atMost(Scene.PATIENCE).until(() -> mostRefusals() > 0);
    api.cut();
  }

  private List<Request> since(int index) {
    var all = api.requests();
    return all.subList(index, all.size());
  }

  private static Set<String> paths(List<Request> requests, Predicate<String> which) {
    return requests.stream()
        .map(Request::line)
        .filter(which)
        .map(PATH::matcher)
        .filter(Matcher::find)
        .map(Matcher::group)
        .collect(toSet());
  }

  private int mostRefusals() {
    return writes().stream()
        .mapToInt(write -> Math.toIntExact(write.stream().filter(Request::refused).count()))
        .max()
        .orElse(0);
  }

  /** From each refusal until the same was asked again. */
  private List<Duration> waits() {
    return writes().stream()
        .flatMap(
            write ->
                IntStream.range(1, write.size())
                    .filter(i -> write.get(i - 1).refused())
                    .mapToObj(i -> write.get(i).nanoTime() - write.get(i - 1).nanoTime()))
        .map(Duration::ofNanos)
        .toList();
  }

  /** What was asked for in the same words: nobody else asks for it at the same time. */
  private Collection<List<Request>> writes() {
    return api.requests().stream()
        .filter(request -> request.line().startsWith("PATCH"))
        .collect(groupingBy(Request::line))
        .values();
  }

  private static boolean isWatch(String line) {
    return line.startsWith("GET") && line.contains("watch=true");
  }
}
