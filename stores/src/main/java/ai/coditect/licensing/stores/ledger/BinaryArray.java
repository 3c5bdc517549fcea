package ai.coditect.licensing.stores.ledger;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * One-dimensional arrays as Postgres itself holds them ({@code array_recv}), of types whose arrays
 * the driver would write, and Postgres read, as text: that was a tenth of a batch. Elements may be
 * null.
 */
final class BinaryArray {

  private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  /** Instead of an element's length. */
  private static final int NULL = -1;

  private static final int HEADER = 3 * Integer.BYTES;
  private static final int DIMENSION = 2 * Integer.BYTES;

  private BinaryArray() {}

  static Array ofUuids(Connection connection, Collection<UUID> elements) throws SQLException {
    var bytes =
        bytes(
            Oid.UUID,
            2 * Long.BYTES,
            elements,
            (to, uuid) ->
                to.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()));
    return array(connection, Oid.UUID_ARRAY, bytes);
  }

  static Array ofInstants(Connection connection, Collection<Instant> elements) throws SQLException {
    var bytes =
        bytes(
            Oid.TIMESTAMPTZ,
            Long.BYTES,
            elements,
            (to, instant) -> to.putLong(ChronoUnit.MICROS.between(POSTGRES_EPOCH, instant)));
    return array(connection, Oid.TIMESTAMPTZ_ARRAY, bytes);
  }

  private static Array array(Connection connection, int oid, byte[] bytes) throws SQLException {
    return new PgArray(connection.unwrap(BaseConnection.class), oid, bytes);
  }

  private static <T> byte[] bytes(
      int oid, int size, Collection<T> elements, BiConsumer<ByteBuffer, T> write) {
    var to = ByteBuffer.allocate(HEADER + DIMENSION + elements.size() * (Integer.BYTES + size));
    to.putInt(elements.isEmpty() ? 0 : 1).putInt(1).putInt(oid);
    if (!elements.isEmpty()) {
      to.putInt(elements.size()).putInt(1);
    }
    for (var element : elements) {
      if (element == null) {
        to.putInt(NULL);
      } else {
        write.accept(to.putInt(size), element);
      }
    }
    return Arrays.copyOf(to.array(), to.position());
  }
}
