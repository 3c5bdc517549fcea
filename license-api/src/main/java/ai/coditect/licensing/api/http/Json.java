package ai.coditect.licensing.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;

/** Reads requests and writes answers. Safe for many threads. */
final class Json {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_NUMBER_LENGTH = 100;
  private static final int MAX_NAME_LENGTH = 256;

  /** In characters: no text that is wanted is longer than a body of the usual size. */
  private static final int MAX_TEXT_LENGTH = 64 * 1024;

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_LENGTH)
                          .maxNameLength(MAX_NAME_LENGTH)
                          .maxStringLength(MAX_TEXT_LENGTH)
                          .build())
                  // They would be kept from request to request, and whoever asks chooses them.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Each request has a thread of its own, in which nothing is there to be reused.
                  .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                  // Errors are told by their place: the source could hold a licence key.
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private final ObjectWriter eachWriter =
      mapper.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);

  /** The members of the body, which must be an object. */
  JsonFields fields(byte[] body) {
    return new JsonFields(parse(body));
  }

  /** Writes a record with its components in snake_case, or a map. */
  byte[] write(Object answer) {
    try {
      return mapper.writeValueAsBytes(answer);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes an array, element by element.
   *
   * @throws UncheckedIOException where the reader is gone, or too slow
   */
  void writeEach(OutputStream out, Iterator<?> elements) {
    try {
      // Closed only where all is written: an array that was cut off must not look whole.
      SequenceWriter array = eachWriter.writeValuesAsArray(out);
      while (elements.hasNext()) {
        array.write(elements.next());
      }
      array.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the body while it arrives. */
  <T> T read(RequestBody body, Reading<T> reading) {
    Reader text = new InputStreamReader(body, StandardCharsets.UTF_8.newDecoder());
    try (JsonParser parser = mapper.createParser(text)) {
      return reading.from(parser);
    } catch (JsonProcessingException e) {
      body.discardRest();
      throw malformed(e);
    } catch (CharacterCodingException e) {
      body.discardRest();
      throw notUtf8();
    } catch (ProblemException e) {
      body.discardRest();
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode parse(byte[] body) {
    try (JsonParser parser = mapper.createParser(text(body))) {
      if (parser.nextToken() == null) {
        throw empty();
      }
      JsonNode value = BoundedObject.read(parser, "", name -> true);
      requireEnd(parser);
      return value;
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (CharacterCodingException e) {
      throw notUtf8();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void requireEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "Something follows the value");
    }
  }

  static ProblemException empty() {
    return new ProblemException(
        Problem.of(ProblemType.MALFORMED_JSON, "The body is empty; send JSON."));
  }

  private static ProblemException malformed(JsonProcessingException e) {
    return new ProblemException(Problem.of(ProblemType.MALFORMED_JSON, notJson(e.getLocation())));
  }

  private static ProblemException notUtf8() {
    return new ProblemException(
        Problem.of(ProblemType.MALFORMED_JSON, "The body is not JSON: it is not in UTF-8."));
  }

  /** Jackson would guess other encodings; RFC 8259 knows one. */
  private static String text(byte[] body) throws CharacterCodingException {
    String text = new String(body, StandardCharsets.UTF_8);
    // What is no UTF-8 was replaced.
    if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), body)) {
      throw new CharacterCodingException();
    }
    return text;
  }

  private static String notJson(JsonLocation location) {
    return location == null
        ? "The body is not JSON."
        : "The body is not JSON at line %d, column %d."
            .formatted(location.getLineNr(), location.getColumnNr());
  }

  /** Reads something from JSON. */
  @FunctionalInterface
  interface Reading<T> {
    T from(JsonParser parser) throws IOException;
  }
}
