package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.TenantSpec.Issuer;
import ai.coditect.licensing.operator.tenant.ApiSettings.Authorities;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EgressPortsTest {

  private static final String POSTGRES = "jdbc:postgresql://10.0.0.3/licensing";

  @Test
  void areThoseOfPostgresRedisAndHttps() {
    assertThat(EgressPorts.of(settings(Optional.empty()), POSTGRES, List.of()))
        .containsExactly(443, 5432, 6379);
  }

  @Test
  void areThoseThatTheUrlsName() {
    var postgres = "jdbc:postgresql://one:6432,two:6433/licensing?targetServerType=primary";
    var settings =
        new ApiSettings(
            "image",
            Optional.empty(),
            "rediss://:p%40ss@redis.example:6380",
            RedisLogins.Detect,
            Authorities.NONE,
            Optional.of("kms:9010"),
            true,
            Optional.empty());
    assertThat(EgressPorts.of(settings, postgres, List.of()))
        .containsExactly(443, 6380, 6432, 6433, 9010);
  }

  @Test
  void areAlsoThoseOfIssuersThatListenElsewhere() {
    var issuers =
        List.of(
            new Issuer("https://accounts.google.com", "acme", null, null),
            new Issuer("https://keycloak.example:8443/realms/acme", "acme", null, null),
            new Issuer("https://login.microsoftonline.com/{tenantid}/v2.0", "acme", null, null),
            new Issuer("http://localhost/acme", "acme", null, null));
    assertThat(EgressPorts.of(settings(Optional.empty()), POSTGRES, issuers))
        .containsExactly(80, 443, 5432, 6379, 8443);
  }

  private static ApiSettings settings(Optional<String> kms) {
    return new ApiSettings(
        "image",
        Optional.empty(),
        "redis://redis.example",
        RedisLogins.Detect,
        Authorities.NONE,
        kms,
        false,
        Optional.empty());
  }
}
