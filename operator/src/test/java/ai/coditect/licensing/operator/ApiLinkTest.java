package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Meanwhile;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.servers.FaultyLink;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The network between the operator and the API server fails for a while. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class ApiLinkTest {

  /** Of the answers to some requests. */
  private static final int ANSWER_BYTES = 8_000;

  private static final int CUTS = 12;

  private final Scene scene = Scene.withoutOperator();
  private final FaultyLink link = FaultyLink.to(Cluster.port());
  private Meanwhile meanwhile;

  @BeforeEach
  void serve() {
    scene.startOperator(Cluster.asTheOperatorBy("https://127.0.0.1:" + link.port()));
    scene.apply(TENANT + "---\n" + POOL);
    awaitTenantServing(scene);
    awaitPoolServing(scene);
    meanwhile = Meanwhile.in(scene, TENANT, POOL);
  }

  @AfterEach
  void end() {
    link.heal();
    scene.close();
    link.close();
  }

  @Test
  void answersThatBreakOffAreAskedForAgain() {
    var random = new Random(1);
    for (int seats = 10; seats < 10 + CUTS; seats++) {
      var wished = seats;
      var before = link.fired();
      link.cutAfterReplies(random.nextInt(ANSWER_BYTES));
      scene.apply(POOL.replace("seats: 3", "seats: " + wished));
      scene.awaitPool("cad", status -> status.seats() == wished);
      await("the cut").atMost(Scene.PATIENCE).until(() -> link.fired() > before);
    }
    meanwhile.happens();
    meanwhile.awaitServed();
  }

  @Test
  void nothingIsLostWhileTheServerCannotBeReached() {
    link.refuse();
    link.cut();
    meanwhile.happens();
    var before = link.fired();
    await("attempts").atMost(Scene.PATIENCE).until(() -> link.fired() > before + 50);
    link.heal();
    meanwhile.awaitServed();
  }

  @Test
  void connectionsThatFallSilentAreNoticed() {
    link.fallSilent();
    meanwhile.happens();
    meanwhile.awaitServed();
  }
}
