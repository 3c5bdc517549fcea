package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.TENANT_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Hiccup;
import ai.coditect.licensing.operator.cluster.Scene;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An outside call that fails is made up for, whichever it is, and nobody need do anything. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class HiccupTest {

  /** A conflict, too many requests, an error, an API server that is starting. */
  private static final List<Integer> ANSWERS = List.of(409, 429, 500, 503);

  static Stream<Arguments> calls() {
    return IntStream.rangeClosed(0, 32)
        .mapToObj(call -> Arguments.of(call, ANSWERS.get(call % ANSWERS.size())));
  }

  static Stream<Arguments> callsOfDeletion() {
    return IntStream.rangeClosed(0, 7)
        .mapToObj(call -> Arguments.of(call, ANSWERS.get(call % ANSWERS.size())));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void endStateIsTheSameWhicheverFailed(int call, int answer) {
    try (var scene = Scene.withoutOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      var hiccup = new Hiccup(call, answer);
      scene.startOperator(hiccup);
      awaitHiccup(hiccup);
      awaitTenantServing(scene);
      awaitPoolServing(scene);
      assertThat(scene.rootKeys.keyCount()).isOne();
      assertThat(scene.registry.keyHashes("acme", "cad")).hasSize(1);
      assertThat(scene.secretValue("acme-license-api", "license-api.postgres.password"))
          .isEqualTo(scene.registry.password("acme").orElseThrow());
    }
  }

  @ParameterizedTest
  @MethodSource("callsOfDeletion")
  void nothingIsLeftWhicheverFailedWhileDeleting(int call, int answer) {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.stopOperator();
      scene.pool("cad").delete();
      scene.tenant("acme").delete();
      var hiccup = new Hiccup(call, answer);
      scene.startOperator(hiccup);
      awaitHiccup(hiccup);
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.registry.pool("acme", "cad")).isEmpty();
      assertThat(scene.registry.tenant("acme")).isEmpty();
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isTrue();
    }
  }

  private static void awaitHiccup(Hiccup hiccup) {
    await("a call that fails").atMost(Scene.PATIENCE).until(hiccup::hasHappened);
  }
}
