package ai.coditect.licensing.servers;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks a starting API server for its state, and writes down for others how to reach it. */
record ApiServerClient(int port, Path certificate, String token) {

  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(3).toMillis();

  /** Whether the path is answered with 200. */
  boolean isOk(String path) {
    try {
      if (!Files.exists(certificate)) {
        return false;
      }
      var connection = (HttpsURLConnection) url(path).openConnection();
      connection.setSSLSocketFactory(trust().getSocketFactory());
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setRequestProperty("Authorization", "Bearer " + token);
      try (var body = connection.getInputStream()) {
        body.readAllBytes();
      }
      return connection.getResponseCode() == HttpsURLConnection.HTTP_OK;
    } catch (IOException | GeneralSecurityException e) {
      return false;
    }
  }

  String kubeconfig() throws IOException {
    return """
          apiVersion: v1
          kind: Config
          clusters:
            - name: devstack
              cluster:
                server: %s
                certificate-authority-data: %s
          users:
            - name: admin
              user:
                token: %s
          contexts:
            - name: devstack
              context:
                cluster: devstack
                user: admin
          current-context: devstack
          """
        .formatted(
            url(""), Base64.getEncoder().encodeToString(Files.readAllBytes(certificate)), token);
  }

  @Override
  public String toString() {
    return "ApiServerClient[" + port + "]";
  }

  private URL url(String path) throws IOException {
    return URI.create("https://" + LoopbackPort.ADDRESS + ":" + port + path).toURL();
  }

  private SSLContext trust() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var pem = Files.newInputStream(certificate)) {
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("apiserver-" + store.size(), each);
      }
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
