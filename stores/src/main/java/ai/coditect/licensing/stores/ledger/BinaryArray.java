package ai.coditect.licensing.stores.ledger;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A one-dimensional array as Postgres itself holds it ({@code array_recv}), of types whose arrays
 * the driver would write, and Postgres read, as text: that was a tenth of a batch.
 *
 * <p>The connection must allow binary transfer of these types, see {@link #DRIVER_TYPES}.
 */
final class BinaryArray extends PGobject implements PGBinaryObject {

  /** The driver's names of the types, for its property {@code binaryTransferEnable}. */
  static final String DRIVER_TYPES = "UUID_ARRAY,TIMESTAMPTZ_ARRAY";

  private static final long serialVersionUID = 1;

  private static final int UUID_OID = 2950;
  private static final int TIMESTAMPTZ_OID = 1184;
  private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  /** Instead of an element's length. */
  private static final int NULL = -1;

  private static final int HEADER = 3 * Integer.BYTES;
  private static final int DIMENSION = 2 * Integer.BYTES;

  private final byte[] bytes;

  private BinaryArray(String type, byte[] bytes) {
    super();
    this.type = type;
    this.bytes = bytes;
  }

  static BinaryArray ofUuids(Collection<UUID> elements) {
    return of(
        "_uuid",
        UUID_OID,
        2 * Long.BYTES,
        elements,
        (to, uuid) ->
            to.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()));
  }

  static BinaryArray ofInstants(Collection<Instant> elements) {
    return of(
        "_timestamptz",
        TIMESTAMPTZ_OID,
        Long.BYTES,
        elements,
        (to, instant) -> to.putLong(ChronoUnit.MICROS.between(POSTGRES_EPOCH, instant)));
  }

  private static <T> BinaryArray of(
      String type, int oid, int size, Collection<T> elements, BiConsumer<ByteBuffer, T> write) {
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
    return new BinaryArray(type, Arrays.copyOf(to.array(), to.position()));
  }

  @Override
  public int lengthInBytes() {
    return bytes.length;
  }

  @Override
  public void toBytes(byte[] to, int offset) {
    System.arraycopy(bytes, 0, to, offset, bytes.length);
  }

  @Override
  public void setByteValue(byte[] value, int offset) {
    throw new UnsupportedOperationException("Only sent, never read");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BinaryArray that
        && type.equals(that.type)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
