package ai.coditect.licensing.benchmarks.bare;

import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.tokens.SeatToken;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.UUID;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** Grants seats and takes them back, as fast as its parts allow. */
public final class BareServer {

  private static final int MAX_CONCURRENT_REQUESTS = 4_096;
  private static final int RESPONSE_BUFFER_BYTES = 4 * 1024;

  private final BareIndex index;
  private final BareLedger ledger;
  private final BareSigner signer;

  private BareServer(BareIndex index, BareLedger ledger, BareSigner signer) {
    this.index = index;
    this.ledger = ledger;
    this.signer = signer;
  }

  /** Reads the same environment as the product's process, and the name and size of its pool. */
  public static void main(String[] arguments) {
    PoolRef pool =
        new PoolRef(System.getenv("LICENSE_API_TENANT_ID"), System.getenv("BARE_SERVER_POOL"));
    BareServer server =
        new BareServer(
            new BareIndex(
                System.getenv("LICENSE_API_REDIS_URL"),
                pool,
                Integer.parseInt(System.getenv("BARE_SERVER_SEATS"))),
            new BareLedger(
                System.getenv("LICENSE_API_POSTGRES_URL"),
                System.getenv("LICENSE_API_POSTGRES_USER"),
                System.getenv("LICENSE_API_POSTGRES_PASSWORD"),
                pool),
            new BareSigner());
    Javalin javalin =
        Javalin.create(server::configure)
            .start(
                System.getenv("LICENSE_API_HTTP_HOST"),
                Integer.parseInt(System.getenv("LICENSE_API_HTTP_PORT")));
    Runtime.getRuntime().addShutdownHook(new Thread(javalin::stop));
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.http.generateEtags = false;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.responseBufferSize = RESPONSE_BUFFER_BYTES;
    config.jetty.threadPool = threads();
    config.jetty.modifyServer(server -> server.setHandler((Handler) null));
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
    config.routes.post("/api/v1/licenses/acquire", this::acquire);
    config.routes.post("/api/v1/licenses/release", this::release);
    config.routes.get("/api/v1/health/live", ctx -> ctx.result("ok"));
    config.routes.get("/api/v1/health/ready", ctx -> ctx.result("ok"));
  }

  private static ThreadPool threads() {
    VirtualThreadPool requests = new VirtualThreadPool(MAX_CONCURRENT_REQUESTS);
    QueuedThreadPool watchers = new QueuedThreadPool();
    watchers.setReservedThreads(0);
    watchers.setVirtualThreadsExecutor(requests);
    watchers.addBean(requests);
    return watchers;
  }

  private void acquire(Context ctx) throws IOException {
    String hardwareId = BareJson.member("hardware_id", ctx.req().getInputStream());
    String holder = SeatToken.hardwareHashOf(hardwareId);
    BareSeat seat = ledger.take(index.choose(holder), holder);
    index.held(seat);
    answer(ctx, BareJson.acquired(seat, signer.sign(seat)));
  }

  private void release(Context ctx) throws IOException {
    String session = BareJson.member("session_id", ctx.req().getInputStream());
    BareSeat seat = ledger.free(UUID.fromString(session));
    index.freed(seat);
    answer(ctx, BareJson.released());
  }

  private static void answer(Context ctx, byte[] json) {
    ctx.contentType("application/json").result(json);
  }
}
