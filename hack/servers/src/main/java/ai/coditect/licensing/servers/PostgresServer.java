package ai.coditect.licensing.servers;

import ai.coditect.licensing.servers.CertificateAuthority.ServerCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A real Postgres 16 on loopback.
 *
 * <p>The superuser logs in without a password; every other role needs one (SCRAM), so that a wrong
 * password is refused here as it is in production.
 */
public final class PostgresServer implements AutoCloseable {

  /** The role that may do everything and needs no password. */
  public static final String SUPERUSER = "postgres";

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final int MAX_CONNECTIONS = 300;

  private final ServerProcess process;
  private final Path log;
  private final int port;

  private PostgresServer(ServerProcess process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Starts on the data in the folder, or on none; writes to disk as a production server does. */
  public static PostgresServer start(Path dataDir) {
    return start(dataDir, OptionalInt.empty());
  }

  /**
   * Starts on the data in the folder, or on none, on a chosen port.
   *
   * @param preferredPort taken where it is free and the folder does not remember another one
   * @throws ServerFailedException where the server does not start
   */
  public static PostgresServer start(Path dataDir, OptionalInt preferredPort) {
    return start(PostgresPrograms.locate(), dataDir, preferredPort, Optional.empty(), List.of());
  }

  /** As {@link #start(Path)}; serves TLS to who asks for it. */
  public static PostgresServer start(Path dataDir, ServerCertificate certificate) {
    return start(
        PostgresPrograms.locate(),
        dataDir,
        OptionalInt.empty(),
        Optional.of(certificate),
        List.of("-c", "ssl=on"));
  }

  /** The server all tests of this JVM share; it ends with the JVM, and so does its data. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** Makes an empty database owned by the superuser. */
  public void createDatabase(String name) {
    try (var connection = connect(SUPERUSER);
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(name, true));
    } catch (SQLException e) {
      throw new ServerFailedException("Cannot create database " + name, e);
    }
  }

  /** Without a user: whoever connects says which one. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://%s:%d/%s".formatted(LoopbackPort.ADDRESS, port, database);
  }

  /** A connection of the superuser. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database) + "?user=" + SUPERUSER);
  }

  public int port() {
    return port;
  }

  public Path log() {
    return log;
  }

  /** Ends all connections and stops the server in order; the data stays. */
  @Override
  public void close() {
    process.close();
  }

  /**
   * Ends it without a word to its clients and without a checkpoint, as a crash does: the next start
   * recovers from the log.
   */
  public void crash() {
    // Killed outright, it would leave back ends that keep the next start from beginning.
    process.crash("QUIT");
  }

  static PostgresServer start(
      PostgresPrograms programs,
      Path dataDir,
      OptionalInt preferredPort,
      Optional<ServerCertificate> certificate,
      List<String> settings) {
    var folder = Folders.create(dataDir);
    var cluster = folder.resolve("cluster");
    var log = folder.resolve("postgres.log");
    // Before anything touches the cluster: two postmasters must never share one.
    ServerProcess.endLeftover(spec(folder, log, List.of()));
    if (!Files.exists(cluster.resolve("PG_VERSION"))) {
      initialise(programs, folder, cluster, log);
    }
    var port = LoopbackPort.remembered(folder.resolve("port"), preferredPort);
    var command = new ArrayList<>(programs.command("postgres", "-D", cluster.toString()));
    command.addAll(options(port));
    command.addAll(settings);
    deleteStalePid(cluster);
    certificate.ifPresent(files -> copy(files, cluster));
    programs.own(cluster);
    var process = ServerProcess.start(spec(folder, log, command));
    var server = new PostgresServer(process, log, port);
    try {
      process.awaitReady(server::answers, START);
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
    return server;
  }

  private static ServerProcess.Spec spec(Path folder, Path log, List<String> command) {
    return new ServerProcess.Spec("postgres", command, Map.of(), folder, log, "INT", STOP);
  }

  private static List<String> options(int port) {
    return List.of(
        "-c",
        "port=" + port,
        "-c",
        "listen_addresses=" + LoopbackPort.ADDRESS,
        // A socket's path may be 107 bytes long; a user's folder may be longer.
        "-c",
        "unix_socket_directories=",
        "-c",
        "max_connections=" + MAX_CONNECTIONS,
        "-c",
        "timezone=UTC",
        "-c",
        "log_timezone=UTC");
  }

  private static void initialise(PostgresPrograms programs, Path folder, Path cluster, Path log) {
    // A cut-off run leaves a cluster that is neither empty nor usable.
    var fresh = folder.resolve("cluster.new");
    try {
      Folders.delete(fresh);
      Folders.delete(cluster);
      Files.createDirectories(fresh);
      programs.own(fresh);
      var command =
          programs.command(
              "initdb",
              "-D",
              fresh.toString(),
              "-U",
              SUPERUSER,
              "-A",
              "trust",
              "-E",
              "UTF8",
              "--locale=C",
              "--no-sync",
              "--no-instructions");
      Commands.run("initdb", command, folder, log);
      Files.writeString(
          fresh.resolve("pg_hba.conf"),
          """
          # The superuser of a server that listens on loopback only; all others prove who they are.
          host all %1$s %2$s/32 trust
          host all all  %2$s/32 scram-sha-256
          """
              .formatted(SUPERUSER, LoopbackPort.ADDRESS));
      Files.move(fresh, cluster);
    } catch (IOException e) {
      throw new ServerFailedException("Cannot prepare " + cluster, e);
    }
  }

  /**
   * After a power cut the file may name a number that now belongs to another program, and Postgres
   * would refuse to start. That no postmaster of this folder runs is known here.
   */
  private static void deleteStalePid(Path cluster) {
    try {
      Files.deleteIfExists(cluster.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new ServerFailedException("Cannot delete the stale pid file in " + cluster, e);
    }
  }

  /** To where Postgres looks, and as whose it wants them. */
  private static void copy(ServerCertificate certificate, Path cluster) {
    try {
      Files.copy(
          certificate.certificate(),
          cluster.resolve("server.crt"),
          StandardCopyOption.REPLACE_EXISTING);
      PrivateFile.write(cluster.resolve("server.key"), Files.readString(certificate.key()));
    } catch (IOException e) {
      throw new ServerFailedException("Cannot copy a certificate to " + cluster, e);
    }
  }

  private boolean answers() {
    try (var _ = connect(SUPERUSER)) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static final class Shared {
    private static final PostgresServer SERVER = startForTests();

    private static PostgresServer startForTests() {
      var folder = SharedFolder.create("postgres");
      var server =
          start(
              PostgresPrograms.locate(),
              folder.path(),
              OptionalInt.empty(),
              Optional.empty(),
              List.of("-c", "fsync=off", "-c", "full_page_writes=off"));
      folder.atExit(server);
      return server;
    }
  }
}
