package ai.coditect.licensing.benchmarks.bare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/** Reads a member and writes answers as large as the product's. */
final class BareJson {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.sharedBoundedPool()).build();

  private static final byte[] RELEASED = "{\"status\":\"released\"}".getBytes(UTF_8);

  /** As long as a statement that an RSA-4096 root has signed. */
  private static final String STATEMENT = "s".repeat(1_340);

  private BareJson() {}

  /** A text member of an object without objects in it. */
  static String member(String name, InputStream body) throws IOException {
    try (JsonParser json = FACTORY.createParser(body)) {
      String found = "";
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.VALUE_STRING && name.equals(json.currentName())) {
          found = json.getText();
        }
      }
      return found;
    }
  }

  static byte[] acquired(BareSeat seat, String token) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * 1024);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("session_id", seat.session().toString());
      json.writeStringField("signed_token", token);
      json.writeStringField("key_statement", STATEMENT);
      json.writeStringField("expires_at", Instant.ofEpochSecond(seat.leaseUntil()).toString());
      json.writeNumberField("expires_in_seconds", 358);
      json.writeNumberField("heartbeat_after_seconds", 120);
      json.writeStringField("pool", "cad");
      json.writeStringField("product", "cad");
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  static byte[] released() {
    return RELEASED;
  }
}
