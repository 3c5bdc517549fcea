package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/** Refusals, added to those of the hour. */
final class DenialRows {

  private DenialRows() {}

  /** In the order of the keys, so that two pods which record at the same time do not deadlock. */
  static void add(Connection connection, String tenantId, List<Denial> denials)
      throws SQLException {
    if (denials.isEmpty()) {
      return;
    }
    Query.of(
            connection,
            """
            INSERT INTO denials AS known
              (tenant_id, hour, pool_id, reason, holder, first_at, last_at, times)
            SELECT ?, date_trunc('hour', statement_timestamp(), 'UTC'), who.pool_id, d.reason, who.holder,
              statement_timestamp(), statement_timestamp(), sum(d.times)
            FROM unnest(?, ?, ?, ?, ?) AS d (pool_id, reason, holder, session_id, times)
              LEFT JOIN sessions s ON s.tenant_id = ? AND s.session_id = d.session_id
              LEFT JOIN LATERAL (
                SELECT * FROM slots WHERE session_id = d.session_id OFFSET 0) AS h ON h.tenant_id = ?
              CROSS JOIN LATERAL (
                SELECT coalesce(s.pool_id, h.pool_id, d.pool_id),
                  coalesce(s.holder, h.holder, d.holder)) AS who (pool_id, holder)
            GROUP BY who.pool_id, d.reason, who.holder
            ORDER BY who.pool_id, d.reason, who.holder
            ON CONFLICT (tenant_id, hour, pool_id, reason, holder) DO UPDATE SET
              last_at = greatest(known.last_at, excluded.last_at), times = known.times + excluded.times
            """)
        .bind(tenantId)
        .array("text", denials.stream().map(denial -> denial.poolId().orElse("")).toList())
        .array("text", denials.stream().map(Denial::reason).toList())
        .array("bytea", denials.stream().map(DenialRows::holder).toList())
        .uuids(denials.stream().map(denial -> denial.session().orElse(null)).toList())
        .array("int8", denials.stream().map(Denial::times).toList())
        .bind(tenantId, tenantId)
        .write();
  }

  private static byte[] holder(Denial denial) {
    return HexFormat.of().parseHex(denial.holder().orElse(""));
  }
}
