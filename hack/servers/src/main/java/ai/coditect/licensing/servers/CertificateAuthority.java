package ai.coditect.licensing.servers;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues certificates to servers on this machine, as a cloud's own authority does to its stores.
 */
public final class CertificateAuthority {

  private static final Duration LIFE = Duration.ofDays(1);
  private static final String SIGNATURE = "SHA256withECDSA";

  private final KeyPair keys;
  private final X509Certificate certificate;

  /** One that nobody has heard of yet. */
  public CertificateAuthority(String name) {
    keys = ecKeys();
    certificate = issue(new X500Principal("CN=" + name), keys, this::asAuthority);
  }

  /** Its own certificate in PEM, which whoever trusts it needs. */
  public String pem() {
    return pem(certificate);
  }

  /**
   * Writes the certificate and private key of a server.
   *
   * @param address of the server, such as {@code 127.0.0.1}
   */
  public ServerCertificate issue(Path folder, String address) {
    var serverKeys = ecKeys();
    var issued =
        issue(
            new X500Principal("CN=server"),
            serverKeys,
            builder ->
                builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address))));
    try {
      Files.createDirectories(folder);
      var certificateFile = folder.resolve("server.crt");
      var keyFile = folder.resolve("server.key");
      Files.writeString(certificateFile, pem(issued));
      PrivateFile.write(keyFile, pem("PRIVATE KEY", serverKeys.getPrivate().getEncoded()));
      return new ServerCertificate(certificateFile, keyFile);
    } catch (IOException e) {
      throw new ServerFailedException("Cannot write a certificate to " + folder, e);
    }
  }

  private void asAuthority(JcaX509v3CertificateBuilder builder) throws CertIOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
  }

  private X509Certificate issue(X500Principal subject, KeyPair subjectKeys, Extensions extensions) {
    var issuer = certificate == null ? subject : certificate.getSubjectX500Principal();
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(now.toEpochMilli()),
            Date.from(now.minus(LIFE)),
            Date.from(now.plus(LIFE)),
            subject,
            subjectKeys.getPublic());
    try {
      extensions.addTo(builder);
      var signer = new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new ServerFailedException("Cannot issue a certificate to " + subject, e);
    }
  }

  private static KeyPair ecKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no P-256", e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A certificate that was made cannot be encoded", e);
    }
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(der));
  }

  /** Where the two files of a server are. */
  public record ServerCertificate(Path certificate, Path key) {}

  /** What a certificate says beside who and when. */
  private interface Extensions {
    void addTo(JcaX509v3CertificateBuilder builder) throws CertIOException;
  }
}
