package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.node.ProbePlan.Purpose;
import ai.coditect.licensing.devstack.node.ProbePlan.Target;
import ai.coditect.licensing.devstack.node.ProbeState.Verdict;
import ai.coditect.licensing.servers.LoopbackPort;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks one run of a container for its health until it is closed. */
final class Probes implements AutoCloseable {

  /** Is told what follows from the answers; calls may come from several threads. */
  interface Listener {

    /** The startup probe has passed, or there is none. */
    void started();

    /** The container may get connections, or no more. */
    void ready(boolean ready);

    /** The container should be ended, and why. */
    void unhealthy(String why);
  }

  private final List<ProbePlan> plans;
  private final Listener listener;
  private final long startedAt = System.nanoTime();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  private Probes(List<ProbePlan> plans, Listener listener) {
    this.plans = plans;
    this.listener = listener;
  }

  /** Begins to ask; the container has just been started. */
  static Probes start(List<ProbePlan> plans, Listener listener) {
    Probes probes = new Probes(plans, listener);
    probes
        .plan(Purpose.STARTUP)
        .ifPresentOrElse(
            plan -> probes.inBackground(plan, probes::onStartup), probes::afterStartup);
    return probes;
  }

  /** Asks no more; the listener is not called once this has returned, but for a call under way. */
  @Override
  public synchronized void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }

  private void afterStartup() {
    listener.started();
    plan(Purpose.LIVENESS).ifPresent(plan -> inBackground(plan, this::onLiveness));
    plan(Purpose.READINESS)
        .ifPresentOrElse(plan -> inBackground(plan, this::onReadiness), () -> listener.ready(true));
  }

  private boolean onStartup(Finding finding) {
    return switch (finding.verdict()) {
      case UNDECIDED -> true;
      case PASSING -> {
        afterStartup();
        yield false;
      }
      case FAILING -> onLiveness(finding);
    };
  }

  private boolean onLiveness(Finding finding) {
    if (finding.verdict() == Verdict.FAILING) {
      listener.unhealthy(finding.purpose() + " probe failed: " + finding.detail());
      return false;
    }
    return true;
  }

  private boolean onReadiness(Finding finding) {
    listener.ready(finding.verdict() == Verdict.PASSING);
    return true;
  }

  private Optional<ProbePlan> plan(Purpose purpose) {
    return plans.stream().filter(plan -> plan.purpose() == purpose).findFirst();
  }

  private synchronized void inBackground(ProbePlan plan, FindingHandler handler) {
    if (!closed) {
      threads.add(
          Thread.ofVirtual().name("probe-" + plan.purpose()).start(() -> ask(plan, handler)));
    }
  }

  private void ask(ProbePlan plan, FindingHandler handler) {
    try {
      Thread.sleep(plan.initialDelay().minusNanos(System.nanoTime() - startedAt));
      ProbeState state = plan.undecided();
      boolean goOn = true;
      while (goOn) {
        Optional<String> problem = problem(plan);
        if (Thread.interrupted()) {
          return;
        }
        state = state.after(problem.isEmpty());
        goOn =
            handler.handle(new Finding(plan.purpose(), state.verdict(), problem.orElse("healthy")));
        Thread.sleep(plan.period());
      }
    } catch (InterruptedException closed) {
      // Nobody wants to know any more.
    }
  }

  /** What is wrong with the answer, if anything. */
  private static Optional<String> problem(ProbePlan plan) {
    try {
      return switch (plan.target()) {
        case Target.Http http -> get(http, plan.timeout());
        case Target.Tcp(int port) -> connect(port, plan.timeout());
      };
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * By the JDK's old client: it makes a connection for each question, as a kubelet does, so that no
   * kept one is mistaken for an answer.
   */
  private static Optional<String> get(Target.Http http, Duration timeout) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) http.uri().toURL().openConnection();
    try {
      connection.setConnectTimeout((int) timeout.toMillis());
      connection.setReadTimeout((int) timeout.toMillis());
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty("User-Agent", "kube-probe/devstack");
      http.headers().forEach(connection::setRequestProperty);
      int status = connection.getResponseCode();
      return status >= 200 && status < 400
          ? Optional.empty()
          : Optional.of("HTTP probe answered with status " + status);
    } finally {
      connection.disconnect();
    }
  }

  private static Optional<String> connect(int port, Duration timeout) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(LoopbackPort.address(port), (int) timeout.toMillis());
      return Optional.empty();
    }
  }

  /** What a probe has found out. */
  private record Finding(Purpose purpose, Verdict verdict, String detail) {}

  /** Draws the consequence of a finding, and tells whether to ask on. */
  private interface FindingHandler {
    boolean handle(Finding finding);
  }
}
