package ai.coditect.licensing.operator.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Keeps what an informer has seen as compressed JSON, and makes an object of it for who asks; the
 * next who asks gets the same one while somebody has it. Of an object with its managed fields it
 * takes about a twentieth; for what is many and seldom looked at.
 *
 * @param <R> the kind
 */
public final class PackedItems<R extends HasMetadata> implements ItemStore<R> {

  private static final Set<String> IDENTITY = Set.of("apiVersion", "kind", "metadata");

  private final Class<R> type;
  private final KubernetesSerialization json;
  private final Map<String, Packed<R>> packedByKey = new ConcurrentHashMap<>();

  /** Nothing yet. */
  public PackedItems(Class<R> type, KubernetesSerialization json) {
    this.type = type;
    this.json = json;
  }

  @Override
  public String getKey(R item) {
    return Cache.metaNamespaceKeyFunc(item);
  }

  /**
   * The item goes on to who is told of it without its managed fields: while a source starts, all
   * that it is to be told of waits in memory.
   */
  @Override
  public R put(String key, R item) {
    var before = unpack(packedByKey.put(key, pack(item)));
    Caches.withoutManagers(item);
    return before;
  }

  @Override
  public R remove(String key) {
    return unpack(packedByKey.remove(key));
  }

  @Override
  public Stream<String> keySet() {
    return packedByKey.keySet().stream();
  }

  /**
   * Who they are and whose, and no more: informers gather all of them in one list, to find what has
   * gone and to index the rest.
   */
  @Override
  public Stream<R> values() {
    return packedByKey.values().stream().map(this::identity);
  }

  @Override
  public int size() {
    return packedByKey.size();
  }

  @Override
  public R get(String key) {
    return unpack(packedByKey.get(key));
  }

  /** Each page of a list is told of at once: to hold all back, all would have to be objects. */
  @Override
  public boolean isFullState() {
    return false;
  }

  private Packed<R> pack(R item) {
    var bytes = new ByteArrayOutputStream();
    try (var packed = new DeflaterOutputStream(bytes)) {
      packed.write(json.asJson(item).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Packed<>(bytes.toByteArray());
  }

  private R unpack(Packed<R> packed) {
    return packed == null ? null : packed.item(bytes -> json.unmarshal(open(bytes), type));
  }

  private R identity(Packed<R> packed) {
    Map<String, Object> fields = json.unmarshal(open(packed.bytes), new TypeReference<>() {});
    fields.keySet().retainAll(IDENTITY);
    return Caches.withoutManagers(json.convertValue(fields, type));
  }

  private static InputStream open(byte[] packed) {
    return new InflaterInputStream(new ByteArrayInputStream(packed));
  }

  /** One item; a reconcile asks for it several times. */
  private static final class Packed<R> {

    private final byte[] bytes;
    private volatile WeakReference<R> unpacked = new WeakReference<>(null);

    Packed(byte[] bytes) {
      this.bytes = bytes;
    }

    R item(Function<byte[], R> unpack) {
      var there = unpacked.get();
      if (there != null) {
        return there;
      }
      var item = unpack.apply(bytes);
      unpacked = new WeakReference<>(item);
      return item;
    }
  }
}
