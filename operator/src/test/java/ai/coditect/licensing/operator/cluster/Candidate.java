package ai.coditect.licensing.operator.cluster;

import ai.coditect.licensing.operator.LicensingOperator;
import ai.coditect.licensing.operator.Running;
import ai.coditect.licensing.operator.Stores;
import ai.coditect.licensing.operator.leadership.Fence;
import ai.coditect.licensing.operator.leadership.LeaderElection;
import ai.coditect.licensing.operator.leadership.LeaseName;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatLogins;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/**
 * One of several operators that stand for election, on a scene's stores; put together as the
 * process puts itself together, but for the exit of one that lost.
 */
public final class Candidate implements AutoCloseable {

  public final Journal journal = new Journal();
  public final Partition partition = new Partition();

  private final Term term = Term.limited();
  private final KubernetesClient client;
  private final LicensingOperator operator;
  private final LeaderElection election;
  private volatile boolean lost;

  private Candidate(Scene scene, String name) {
    var fence = new Fence(term);
    // The journal comes after the fence, so it notes what has got out.
    client = Cluster.asTheOperator(fence, journal);
    operator =
        LicensingOperator.create(
            client,
            stores(scene, fence),
            Scene.API,
            Clock.systemUTC(),
            new Running(Scene.RESYNC, scene.namespaces(), term, scene.meters));
    election =
        new LeaderElection(
            Cluster.asTheOperator(partition),
            LeaseName.ofLeader("licensing-system", name),
            term,
            () -> lost = true);
  }

  /** Stands from now on. */
  public static Candidate start(Scene scene, String name) {
    var candidate = new Candidate(scene, name);
    candidate.operator.start();
    candidate.election.start();
    return candidate;
  }

  public boolean leads() {
    return term.isRunning();
  }

  public boolean isReady() {
    return operator.isReady() && election.isSettled();
  }

  /** Whether its process would have ended by itself. */
  public boolean hasLost() {
    return lost;
  }

  /** It does nothing more, and says so to nobody. */
  public void kill() {
    partition.cut();
    operator.close();
  }

  @Override
  public void close() {
    stop();
  }

  /** As its process stops, asked to. */
  public void stop() {
    operator.close();
    election.close();
    client.close();
  }

  private Stores stores(Scene scene, Fence fence) {
    return new Stores(
        guarded(LicenseRegistry.class, scene.registry, fence),
        guarded(SeatIndex.class, scene.seatIndex, fence),
        guarded(RateLimits.class, scene.rateLimits, fence),
        guarded(SeatLogins.class, scene.seatLogins, fence),
        guarded(RootKeys.class, scene.rootKeys, fence),
        guarded(RootSigner.class, scene.rootKeys, fence));
  }

  private <T> T guarded(Class<T> port, T store, Fence fence) {
    return fence.around(port, journal.around(port, store));
  }
}
