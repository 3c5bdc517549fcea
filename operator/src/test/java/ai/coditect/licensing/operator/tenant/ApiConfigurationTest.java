package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec;
import ai.coditect.licensing.crds.TenantSpec.Api;
import ai.coditect.licensing.crds.TenantSpec.Edge;
import ai.coditect.licensing.crds.TenantSpec.PerAddress;
import ai.coditect.licensing.crds.TenantSpec.PerPrincipal;
import ai.coditect.licensing.crds.TenantSpec.RateLimit;
import ai.coditect.licensing.crds.TenantSpec.Signing;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.operator.tenant.ApiSettings.Authorities;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiConfigurationTest {

  private static final DatabaseLogin LOGIN =
      new DatabaseLogin("jdbc:postgresql://db/licensing", "tenant_acme", "hush");

  @ParameterizedTest
  @CsvSource({"None, , 0", "Ingress, , 2", "Gateway, , 2", "Gateway, 1, 1", "None, 3, 3"})
  void proxiesAreThoseOfTheEdgeUnlessTheTenantSaysOtherwise(
      Edge edge, Integer wished, String proxies) {
    assertThat(settings(tenant(edge, wished), Authorities.NONE))
        .containsEntry("license-api.http.trusted-proxies", proxies);
  }

  @Test
  void podsAreToldWhatAnAddressMayAskFor() {
    assertThat(settings(tenant(Edge.None, null), Authorities.NONE))
        .containsEntry("license-api.address-limit.requests-per-second", "7")
        .containsEntry("license-api.address-limit.heartbeats-per-second", "8");
  }

  @Test
  void podsAreToldWhoseCertificatesToTrustAndRolledWhenThatChanges() {
    var tenant = tenant(Edge.None, null);
    var ours = new Authorities(Optional.of("pem of postgres"), Optional.of("pem of redis"));
    assertThat(settings(tenant, ours))
        .containsEntry("license-api.postgres.ca", "pem of postgres")
        .containsEntry("license-api.redis.ca", "pem of redis");
    assertThat(settings(tenant, Authorities.NONE))
        .doesNotContainKeys("license-api.postgres.ca", "license-api.redis.ca");
    assertThat(configuration(tenant, ours).checksum())
        .isNotEqualTo(configuration(tenant, Authorities.NONE).checksum());
  }

  private static Map<String, String> settings(Tenant tenant, Authorities authorities) {
    return configuration(tenant, authorities).configMap().getData();
  }

  private static ApiConfiguration configuration(Tenant tenant, Authorities authorities) {
    var settings =
        new ApiSettings(
            "image",
            Optional.empty(),
            "rediss://redis.example:6378",
            RedisLogins.Detect,
            authorities,
            Optional.empty(),
            false,
            Optional.empty());
    return new ApiConfiguration(tenant, settings, LOGIN, "rediss://redis.example:6378");
  }

  private static Tenant tenant(Edge edge, Integer trustedProxies) {
    var tenant = new Tenant();
    tenant.getMetadata().setName("acme");
    tenant.getMetadata().setUid("uid acme");
    var rates = new RateLimit(1, 2, new PerPrincipal(3, 4), new PerAddress(7, 8));
    tenant.setSpec(
        new TenantSpec(
            "acme",
            null,
            State.Active,
            new Api(null, null, null, trustedProxies, rates, null, edge, null, null, null),
            new Signing(null, 3600, 0, 0),
            null,
            null));
    return tenant;
  }
}
