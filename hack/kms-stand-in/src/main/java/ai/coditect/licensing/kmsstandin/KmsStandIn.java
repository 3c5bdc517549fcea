package ai.coditect.licensing.kmsstandin;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code google.cloud.kms.v1.KeyManagementService} on a loopback port, over gRPC and, to
 * who signs, over REST, in plaintext and for anybody on this machine: enough of it for signing
 * keys, with Cloud KMS' states, error codes and checksums. The production client cannot tell the
 * difference; an attacker can.
 */
public final class KmsStandIn implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KmsStandIn.class);
  private static final int ANY_PORT = 0;
  private static final long STOP_SECONDS = 2;

  private final KeyShelf shelf;
  private final KeySource maker;
  private final Faults faults;
  private final KeyRings rings;
  private final ExecutorService executor;
  private final Server grpc;
  private final HttpServer rest;
  private final SharedPort door;

  private KmsStandIn(KeyShelf shelf, KeySource maker, Clock clock, int preferredPort) {
    this.shelf = shelf;
    this.maker = maker;
    this.faults = new Faults();
    this.rings = new KeyRings(clock, shelf, maker, faults);
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    Calls calls = new Calls(faults);
    KeyManagementAnswers answers = new KeyManagementAnswers(rings, calls);
    this.grpc = grpc(answers, calls);
    this.rest = rest(answers);
    this.door = listen(preferredPort);
  }

  /**
   * Starts with the keys of this folder, which is made where it is missing.
   *
   * @param preferredPort taken where it is free, else any; 0 for any
   * @throws IllegalStateException where another stand-in uses the folder
   */
  public static KmsStandIn start(Path folder, int preferredPort) {
    KmsStandIn started =
        new KmsStandIn(KeyFolder.open(folder), new KeyMaker(), Clock.systemUTC(), preferredPort);
    log.atWarn()
        .addKeyValue("endpoint", started.endpoint())
        .addKeyValue("folder", folder)
        .log("Stand-in for Cloud KMS: keys lie in the folder in the clear, not for production");
    return started;
  }

  /** Starts without keys on any port; all keys are gone when it is closed. */
  public static KmsStandIn startInMemory() {
    return startInMemory(Clock.systemUTC());
  }

  /**
   * As {@link #startInMemory()}, with a clock that decides when versions are destroyed.
   *
   * @param clock moved on by a test
   */
  public static KmsStandIn startInMemory(Clock clock) {
    return new KmsStandIn(KeyShelf.inMemory(), new KeyMaker(), clock, ANY_PORT);
  }

  /**
   * As {@link #startInMemory()}, with RSA keys that are made now and given to many.
   *
   * @param distinct how many there are
   */
  public static KmsStandIn startWithKeysMadeBefore(int distinct) {
    return new KmsStandIn(
        KeyShelf.inMemory(), new KeysMadeBefore(distinct), Clock.systemUTC(), ANY_PORT);
  }

  /** Where it listens, as host and port. */
  public String endpoint() {
    return "127.0.0.1:" + port();
  }

  /** The port it listens on. */
  public int port() {
    return door.port();
  }

  /**
   * Makes the key ring unless it is there: what an administrator does before tenants are made.
   *
   * @param name projects/P/locations/L/keyRings/R
   */
  public void ensureKeyRing(String name) {
    try {
      rings.createRing(Names.ring(name));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != io.grpc.Status.Code.ALREADY_EXISTS) {
        throw new IllegalArgumentException(e.getStatus().getDescription(), e);
      }
    }
  }

  /** What shall go wrong, and what was called. */
  public Faults faults() {
    return faults;
  }

  /** Lets calls in flight end for a moment, then cuts them off. */
  @Override
  public void close() {
    door.stopListening();
    grpc.shutdown();
    try {
      if (!grpc.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        grpc.shutdownNow();
      }
    } catch (InterruptedException e) {
      grpc.shutdownNow();
      Thread.currentThread().interrupt();
    }
    rest.stop(0);
    door.close();
    executor.shutdownNow();
    maker.close();
    shelf.close();
  }

  private SharedPort listen(int preferredPort) {
    try {
      return listenAt(preferredPort);
    } catch (IOException e) {
      log.atInfo().addKeyValue("port", preferredPort).log("Port is taken, using another");
    }
    try {
      return listenAt(ANY_PORT);
    } catch (IOException e) {
      throw noPort(e);
    }
  }

  private SharedPort listenAt(int port) throws IOException {
    return new SharedPort(port, grpc.getPort(), rest.getAddress().getPort());
  }

  private Server grpc(KeyManagementAnswers answers, Calls calls) {
    try {
      return NettyServerBuilder.forAddress(anyPort())
          .executor(executor)
          .addService(answers)
          .addService(new IamPolicyAnswers(rings, calls))
          .build()
          .start();
    } catch (IOException e) {
      throw noPort(e);
    }
  }

  private HttpServer rest(KeyManagementAnswers answers) {
    try {
      HttpServer server = HttpServer.create(anyPort(), 0);
      server.createContext("/", new RestAnswers(answers));
      server.setExecutor(executor);
      server.start();
      return server;
    } catch (IOException e) {
      throw noPort(e);
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ANY_PORT);
  }

  private static UncheckedIOException noPort(IOException cause) {
    return new UncheckedIOException("No loopback port is free", cause);
  }
}
