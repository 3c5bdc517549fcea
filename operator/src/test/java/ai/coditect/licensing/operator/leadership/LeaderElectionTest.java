package ai.coditect.licensing.operator.leadership;

import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Condition.Status;
import ai.coditect.licensing.operator.cluster.Candidate;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.servers.FaultyLink;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two operators on a real API server, of which one works. */
@Tag("kubernetes")
class LeaderElectionTest {

  private static final Duration HAND_OVER = Duration.ofSeconds(20);
  private final Scene scene = Scene.withoutOperator();
  private int changes;

  @BeforeEach
  void nobodyLeads() {
    Cluster.forgetLeader();
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void oneWorksAndTheOtherIsReadyToTakeOver() {
    try (var leader = leader();
        var other = Candidate.start(scene, "other")) {
      change();
      awaitServing();
      await("the other").atMost(Scene.PATIENCE).until(other::isReady);
      assertThat(leader.journal.first()).isPresent();
      assertThat(other.leads()).isFalse();
      assertThat(other.journal.first()).isEmpty();
    }
  }

  @Test
  void takesOverFromOneThatWasKilled() {
    try (var leader = leader();
        var other = Candidate.start(scene, "other")) {
      change();
      awaitServing();
      await("the other").atMost(Scene.PATIENCE).until(other::isReady);
      leader.kill();
      change();
      await("a write").atMost(HAND_OVER).until(() -> other.journal.first().isPresent());
    }
  }

  @Test
  void takesOverAtOnceFromOneThatWasStopped() {
    try (var leader = leader();
        var other = Candidate.start(scene, "other")) {
      await("the other").atMost(Scene.PATIENCE).until(other::isReady);
      leader.stop();
      await("the hand-over").atMost(Duration.ofSeconds(5)).until(other::leads);
      change();
      awaitServing();
    }
  }

  @Test
  void takesOverInTimeFromOneThatIsStoppedWhileAStoreHangs() {
    var asked = new CountDownLatch(1);
    var answered = new CountDownLatch(1);
    try (var leader = leader();
        var other = Candidate.start(scene, "other")) {
      await("the other").atMost(Scene.PATIENCE).until(other::isReady);
      scene.rootKeys.outage.beforeEachCall(
          () -> {
            asked.countDown();
            hold(answered);
          });
      change();
      await("a call to Cloud KMS").atMost(Scene.PATIENCE).until(() -> asked.getCount() == 0);
      Thread.ofVirtual().start(leader::stop);
      await("the hand-over").atMost(HAND_OVER).until(other::leads);
      answered.countDown();
    } finally {
      answered.countDown();
    }
  }

  @Test
  void oneThatCannotRenewStopsWritingBeforeAnotherBegins() {
    try (var leader = leader();
        var other = Candidate.start(scene, "other")) {
      change();
      awaitServing();
      await("the other").atMost(Scene.PATIENCE).until(other::isReady);
      leader.partition.cut();
      long cut = System.nanoTime();
      await("a write of the other")
          .atMost(HAND_OVER)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                change();
                return other.journal.first().isPresent();
              });
      assertThat(leader.hasLost()).isTrue();
      long lastWrite = leader.journal.last().orElseThrow();
      assertThat(lastWrite).as("it had something to write").isGreaterThan(cut);
      assertThat(Duration.ofNanos(lastWrite - cut))
          .isLessThan(LeaderElection.LEASE.minusSeconds(2));
      assertThat(lastWrite).isLessThan(other.journal.first().orElseThrow());
    }
  }

  @Test
  void aReconcileThatOutlastsTheTermWritesNothingMore() {
    var asked = new CountDownLatch(1);
    var answered = new CountDownLatch(1);
    try (var leader = leader()) {
      scene.rootKeys.outage.beforeEachCall(
          () -> {
            asked.countDown();
            hold(answered);
          });
      change();
      await("a call to Cloud KMS").atMost(Scene.PATIENCE).until(() -> asked.getCount() == 0);
      leader.partition.cut();
      await("the loss").atMost(HAND_OVER).until(leader::hasLost);
      var lastWrite = leader.journal.last();
      answered.countDown();
      await("its end").atMost(Scene.PATIENCE).until(() -> reconcilesUnderWay() == 0);
      assertThat(leader.journal.last()).isEqualTo(lastWrite);
    } finally {
      answered.countDown();
    }
  }

  @Test
  void aLeaderWhoseConnectionFellSilentRenewsOverAnother() {
    var lost = new AtomicBoolean();
    var term = Term.limited();
    try (var link = FaultyLink.to(Cluster.port());
        var reached = Cluster.asTheOperatorBy("https://127.0.0.1:" + link.port());
        var election =
            new LeaderElection(
                LeaderElection.client(reached.getConfiguration()),
                LeaseName.ofLeader("licensing-system", "leader"),
                term,
                () -> lost.set(true))) {
      election.start();
      await("a term").atMost(Scene.PATIENCE).until(term::isRunning);
      link.fallSilent();
      await("what it would not outlast")
          .during(LeaderElection.RENEW_DEADLINE.plusSeconds(2))
          .atMost(Scene.PATIENCE)
          .until(() -> term.isRunning() && !lost.get());
    }
  }

  private double reconcilesUnderWay() {
    return scene
        .meters
        .get("operator.sdk.reconciliations.executions.tenantreconciler")
        .gauge()
        .value();
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Candidate leader() {
    var leader = Candidate.start(scene, "leader");
    await("a leader").atMost(Scene.PATIENCE).until(leader::leads);
    return leader;
  }

  /** Gives whoever leads something to write. */
  private void change() {
    changes++;
    scene.apply(
        """
        apiVersion: licensing.coditect.ai/v1alpha1
        kind: Tenant
        metadata:
          name: acme
        spec:
          tenantId: acme
          auth:
            bareLicenseKey: Allowed
          displayName: Acme %d
        """
            .formatted(changes));
  }

  private void awaitServing() {
    scene.awaitTenant(
        "acme", status -> has("Ready", Status.True, "Serving").test(status.conditions()));
  }
}
