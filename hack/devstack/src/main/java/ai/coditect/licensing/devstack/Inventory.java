package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.KubernetesBinaries;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says of each part whether it is real or stands in, where it came from and where its log is. */
final class Inventory {

  private record Row(String part, String reality, String origin, String log) {

    List<String> cells() {
      return List.of(part, reality, origin, log);
    }
  }

  private Inventory() {}

  static String describe(DataFolder data, KubernetesBinaries binaries) {
    var own = "devstack.log";
    var rows =
        List.of(
            new Row("PART", "IS", "FROM", "LOG in " + data.root()),
            new Row(
                "Postgres 16",
                "real",
                "Maven Central: io.zonky.test.postgres",
                "postgres/postgres.log"),
            new Row(
                "Redis 7", "real", "Maven Central: org.signal:embedded-redis", "redis/redis.log"),
            new Row("etcd", "real", binaries.origin(), "kubernetes/etcd.log"),
            new Row("kube-apiserver", "real", "the same", "kubernetes/kube-apiserver.log"),
            new Row(
                "kube-controller-manager",
                "real",
                "the same",
                "kubernetes/kube-controller-manager.log"),
            new Row("kube-scheduler", "real", "the same", "kubernetes/kube-scheduler.log"),
            new Row("operator, license-api", "real, as Pods", "this checkout", "node/"),
            new Row("Cloud KMS", "stands in", "hack/kms-stand-in: speaks its gRPC and REST", own),
            new Row("OIDC issuer", "stands in", "Maven Central: mock-oauth2-server", own),
            new Row("kubelet", "stands in", "hack/devstack: runs Pods as processes", own),
            new Row("kube-proxy", "stands in", "hack/devstack: a loopback port per Service", own),
            new Row(
                "konnectivity", "stands in", "hack/devstack: kube-apiserver's way to Pods", own));
    return rows.stream().map(row -> line(row, widths(rows))).collect(Collectors.joining("\n"));
  }

  private static int[] widths(List<Row> rows) {
    return IntStream.range(0, 4)
        .map(
            column ->
                rows.stream().mapToInt(row -> row.cells().get(column).length()).max().orElse(0))
        .toArray();
  }

  private static String line(Row row, int[] widths) {
    return IntStream.range(0, 4)
        .mapToObj(column -> ("%-" + widths[column] + "s").formatted(row.cells().get(column)))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}
