package ai.coditect.licensing.stores.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManagerFactory;

/** The certificate authorities that a store's certificate must come from, and no others. */
public final class TrustedAuthorities {

  private final Collection<? extends Certificate> certificates;

  private TrustedAuthorities(Collection<? extends Certificate> certificates) {
    this.certificates = certificates;
  }

  /**
   * Reads one or several certificates in PEM.
   *
   * @throws IllegalArgumentException where there is none, or one cannot be read
   */
  public static TrustedAuthorities of(String pem) {
    try {
      var certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException("there is no certificate in it");
      }
      return new TrustedAuthorities(certificates);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("a certificate in it cannot be read", e);
    }
  }

  /** Trusts them alone. */
  public TrustManagerFactory trustManagers() {
    try {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      var number = 0;
      for (var certificate : certificates) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java cannot trust a certificate", e);
    }
  }
}
