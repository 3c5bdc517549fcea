package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The key pair that signs and proves service-account tokens, kept in two files of a folder. */
record ServiceAccountKeys(Path privateKey, Path publicKey) {

  private static final int BITS = 2048;
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  /** The pair in the folder, made where there is none yet. */
  static ServiceAccountKeys in(Path folder) {
    var keys = new ServiceAccountKeys(folder.resolve("sa.key"), folder.resolve("sa.pub"));
    if (!Files.exists(keys.publicKey)) {
      keys.generate();
    }
    return keys;
  }

  private void generate() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      var pair = generator.generateKeyPair();
      PrivateFile.write(privateKey, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      // Last: its presence says that the pair is whole.
      Files.writeString(publicKey, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new ServerFailedException("Cannot make the service-account keys", e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, LINES.encodeToString(der));
  }
}
