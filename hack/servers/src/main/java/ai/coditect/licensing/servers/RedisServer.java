package ai.coditect.licensing.servers;

import ai.coditect.licensing.servers.CertificateAuthority.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import redis.embedded.RedisExecProvider;

/** A real Redis 7 on loopback, with a password and an append-only file. */
public final class RedisServer implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final int TIMEOUT_MILLIS = 1_000;

  private final ServerProcess process;
  private final Path log;
  private final int port;
  private final String password;

  private RedisServer(ServerProcess process, Path log, int port, String password) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.password = password;
  }

  /** Starts on the data in the folder, or on none. */
  public static RedisServer start(Path dataDir, String password) {
    return start(dataDir, password, OptionalInt.empty());
  }

  /**
   * Starts on the data in the folder, or on none, on a chosen port.
   *
   * @param password letters and digits only
   * @param preferredPort taken where it is free and the folder does not remember another one
   * @throws ServerFailedException where the server does not start
   */
  public static RedisServer start(Path dataDir, String password, OptionalInt preferredPort) {
    return start(dataDir, password, preferredPort, "");
  }

  /**
   * As {@link #start(Path, String)}; speaks TLS on a port of its own, too.
   *
   * @param tlsPort a free one
   */
  public static RedisServer start(
      Path dataDir, String password, int tlsPort, ServerCertificate certificate) {
    var certificateFile = quoted(certificate.certificate());
    var keyFile = quoted(certificate.key());
    return start(
        dataDir,
        password,
        OptionalInt.empty(),
        """
        tls-port %d
        tls-cert-file %s
        tls-key-file %s
        tls-auth-clients no
        """
            .formatted(tlsPort, certificateFile, keyFile));
  }

  /**
   * As {@link #start(Path, String, OptionalInt)}.
   *
   * @param more lines for the end of its configuration
   */
  public static RedisServer start(
      Path dataDir, String password, OptionalInt preferredPort, String more) {
    if (!password.matches("[A-Za-z0-9]+")) {
      throw new IllegalArgumentException("The password must consist of letters and digits");
    }
    var folder = Folders.create(dataDir);
    var log = folder.resolve("redis.log");
    var configuration = folder.resolve("redis.conf");
    ServerProcess.endLeftover(spec(folder, log, List.of()));
    var port = LoopbackPort.remembered(folder.resolve("port"), preferredPort);
    write(configuration, configuration(folder, port, password) + more);
    var command = List.of(program().toString(), configuration.toString());
    var process = ServerProcess.start(spec(folder, log, command));
    var server = new RedisServer(process, log, port, password);
    try {
      process.awaitReady(server::answers, START);
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
    return server;
  }

  /** The server all tests of this JVM share; it ends with the JVM, and so does its data. */
  public static RedisServer shared() {
    return Shared.SERVER;
  }

  /** {@code redis://:password@127.0.0.1:port}. */
  public String uri() {
    return "redis://:%s@%s:%d".formatted(password, LoopbackPort.ADDRESS, port);
  }

  public int port() {
    return port;
  }

  public String password() {
    return password;
  }

  public Path log() {
    return log;
  }

  /**
   * What the server answers to a command, as it stands on the wire.
   *
   * @throws ServerFailedException where it does not answer
   */
  public String ask(String command) {
    try {
      var answers = exchange(command);
      return answers.substring(answers.indexOf("\r\n") + 2, answers.lastIndexOf("+OK"));
    } catch (IOException e) {
      throw new ServerFailedException("Redis does not answer to " + command, e);
    }
  }

  /** Ends it as a crash does: nothing more is written. */
  public void kill() {
    process.kill();
  }

  /** Writes what is still to be written and stops; the data stays. */
  @Override
  public void close() {
    process.close();
  }

  /** Ends it as a crash does; the data stays as it is. */
  public void crash() {
    process.crash("KILL");
  }

  private static ServerProcess.Spec spec(Path folder, Path log, List<String> command) {
    return new ServerProcess.Spec("redis", command, Map.of(), folder, log, "TERM", STOP);
  }

  private static Path program() {
    var name = "redis-server-%s-%s".formatted(RedisExecProvider.redisVersion, Platform.current());
    var cache = Platform.cache(System.getenv()).resolve("redis");
    return Unpacked.once(
            cache,
            name,
            fresh -> {
              try (var content = RedisExecProvider.class.getResourceAsStream("/" + name)) {
                Unpacked.executable(content, fresh.resolve("redis-server"));
              }
            })
        .resolve("redis-server");
  }

  /** In a file, since every user of the machine sees a command's arguments. */
  private static String configuration(Path folder, int port, String password) {
    return """
        bind %s
        port %d
        requirepass %s
        dir %s
        appendonly yes
        save ""
        daemonize no
        """
        .formatted(LoopbackPort.ADDRESS, port, password, quoted(folder));
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void write(Path file, String content) {
    try {
      PrivateFile.write(file, content);
    } catch (IOException e) {
      throw new ServerFailedException("Cannot write " + file, e);
    }
  }

  private boolean answers() {
    try {
      return exchange("PING").contains("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  /** The answers to the login, to the command, and to the farewell. */
  private String exchange(String command) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(LoopbackPort.ADDRESS), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var request = "AUTH %s\r\n%s\r\nQUIT\r\n".formatted(password, command);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static final class Shared {
    private static final RedisServer SERVER = startForTests();

    private static RedisServer startForTests() {
      var folder = SharedFolder.create("redis");
      var server = start(folder.path(), "test");
      folder.atExit(server);
      return server;
    }
  }
}
