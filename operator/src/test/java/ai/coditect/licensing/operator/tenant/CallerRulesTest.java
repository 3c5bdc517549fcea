package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec;
import ai.coditect.licensing.crds.TenantSpec.Auth;
import ai.coditect.licensing.crds.TenantSpec.BareLicenseKey;
import ai.coditect.licensing.crds.TenantSpec.Issuer;
import ai.coditect.licensing.crds.TenantSpec.PodIdentity;
import ai.coditect.licensing.crds.TenantSpec.Role;
import ai.coditect.licensing.crds.TenantSpec.RoleGrant;
import ai.coditect.licensing.crds.TenantSpec.TenantClaim;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rules as pods read them; the API's own tests begin with this text. */
class CallerRulesTest {

  private static final ClusterIssuer.Keys KEYS =
      new ClusterIssuer.Keys(
          "https://kubernetes.default.svc",
          JsonNodeFactory.instance.objectNode().set("keys", JsonNodeFactory.instance.arrayNode()));

  @Test
  void everyFieldIsHandedOn() {
    var issuer =
        new Issuer(
            "https://id.example",
            "licences",
            new TenantClaim("/firebase/tenant", "acme-1"),
            List.of(new RoleGrant(Role.Admin, "roles", List.of("owner"))));
    var tenant = tenant(BareLicenseKey.Denied, PodIdentity.Allowed, issuer);

    assertThat(CallerRules.of(tenant, Optional.of(KEYS)).json())
        .isEqualTo(
            """
            {"bareLicenseKey":"Denied","issuers":[{"issuer":"https://id.example",\
            "audience":"licences","tenantClaim":{"claim":"/firebase/tenant","value":"acme-1"},\
            "roles":[{"role":"Admin","claim":"roles","values":["owner"]}]}],\
            "cluster":{"issuer":"https://kubernetes.default.svc","keys":{"keys":[]}}}""");
  }

  @Test
  void keysAreFoundInRulesThatWereWrittenBefore() {
    var issuer = new Issuer("https://id.example", "licences", null, null);
    var tenant = tenant(BareLicenseKey.Denied, PodIdentity.Allowed, issuer);

    assertThat(CallerRules.clusterIn(CallerRules.of(tenant, Optional.of(KEYS)).json()))
        .contains(KEYS);
    assertThat(CallerRules.clusterIn(CallerRules.of(tenant, Optional.empty()).json())).isEmpty();
  }

  @Test
  void whatIsNotWishedIsLeftOut() {
    var tenant =
        tenant(
            BareLicenseKey.Allowed,
            PodIdentity.Denied,
            new Issuer("https://id.example", "licences", null, null));

    assertThat(CallerRules.of(tenant, Optional.of(KEYS)).json())
        .isEqualTo(
            """
            {"bareLicenseKey":"Allowed","issuers":[{"issuer":"https://id.example",\
            "audience":"licences"}]}""");
  }

  private static Tenant tenant(BareLicenseKey bare, PodIdentity pods, Issuer issuer) {
    var tenant = new Tenant();
    tenant.setSpec(
        new TenantSpec(
            "acme", null, null, null, null, new Auth(bare, pods, List.of(issuer)), null));
    return tenant;
  }
}
