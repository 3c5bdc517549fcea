package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.KeyRing;
import java.util.List;

/** Where rings and keys outlive the process. */
interface KeyShelf extends AutoCloseable {

  /** Everything that was kept. */
  Contents load();

  void keep(KeyRing ring);

  void keep(CryptoKey key);

  void keep(StoredVersion version);

  @Override
  void close();

  /** What a shelf holds. */
  record Contents(List<KeyRing> rings, List<CryptoKey> keys, List<StoredVersion> versions) {}

  /** Keeps nothing: all is gone with the process. */
  static KeyShelf inMemory() {
    return new KeyShelf() {
      @Override
      public Contents load() {
        return new Contents(List.of(), List.of(), List.of());
      }

      @Override
      public void keep(KeyRing ring) {}

      @Override
      public void keep(CryptoKey key) {}

      @Override
      public void keep(StoredVersion version) {}

      @Override
      public void close() {}
    };
  }
}
