package ai.coditect.licensing.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference says what the CRDs say. {@code -Ddocs.write=true} writes it anew. */
class ReferenceTest {

  private static final Path PAGE = Path.of("../docs/reference.md");
  private static final String HEAD =
      """
      # Reference: Tenant and LicensePool

      Made from [`config/crd`](../config/crd) by `ReferenceTest`; `CONTRIBUTING.md` has the command. `kubectl explain tenant.spec` says the same
      in a terminal. Reasons of conditions are in [conditions.md](conditions.md), and what each annotation does is below.

      Both kinds live in a namespace; their names have at most 40 characters. `kubectl get licensing` lists both.

      | annotation | on | meaning |
      |---|---|---|
      | `licensing.coditect.ai/adopt: "true"` | both | Records that a deleted resource of the same identity left behind may be taken over. |

      """;

  @Test
  void pageSaysWhatTheCrdsSay() throws IOException {
    var written = HEAD + section("tenants.yaml") + section("licensepools.yaml");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, written);
    }
    assertThat(Files.readString(PAGE))
        .as("docs/reference.md, made with -Ddocs.write=true")
        .isEqualTo(written);
  }

  private static String section(String crd) throws IOException {
    return Reference.section(read(crd));
  }

  private static JsonNode read(String crd) throws IOException {
    try (var file = Tenant.class.getResourceAsStream(crd)) {
      return new YAMLMapper().readTree(file);
    }
  }
}
