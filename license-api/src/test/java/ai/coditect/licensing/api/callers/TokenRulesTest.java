package ai.coditect.licensing.api.callers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.callers.CallerRules.ClaimValue;
import ai.coditect.licensing.api.callers.CallerRules.Grant;
import ai.coditect.licensing.api.callers.CallerRules.GrantedRole;
import com.nimbusds.jwt.JWTClaimsSet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a genuine token says of its bearer. */
class TokenRulesTest {

  @Test
  void withoutGrantsEveryBearerIsAHolder() {
    assertThat(caller(rules(), Map.of()).roles()).containsExactly(Role.HOLDER);
  }

  @Test
  void aClaimIsATextOrAListOfTexts() {
    TokenRules rules = rules(grant(GrantedRole.Viewer, "groups", "audit", "sales"));

    assertThat(caller(rules, Map.of("groups", "sales")).roles()).containsExactly(Role.VIEWER);
    assertThat(caller(rules, Map.of("groups", List.of("x", "audit"))).has(Role.VIEWER)).isTrue();
    for (Object other : List.of("Audit", "", 7, true, List.of(), List.of(7), Map.of("audit", 1))) {
      assertThat(caller(rules, Map.of("groups", other)).roles()).as("%s", other).isEmpty();
    }
    assertThat(caller(rules, Map.of("groups", Arrays.asList("x", null))).roles()).isEmpty();
  }

  @Test
  void aClaimIsFoundByNameOrByPointer() {
    assertThat(
            caller(
                    rules(grant(GrantedRole.Admin, "https://x.example/roles", "a")),
                    Map.of("https://x.example/roles", "a"))
                .roles())
        .containsExactly(Role.ADMIN);
    assertThat(
            caller(
                    rules(grant(GrantedRole.Admin, "/a~1b/c~0d", "v")),
                    Map.of("a/b", Map.of("c~d", "v")))
                .roles())
        .containsExactly(Role.ADMIN);
    assertThat(
            caller(rules(grant(GrantedRole.Admin, "/a/b/c", "v")), Map.of("a", List.of("b")))
                .roles())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"email", "/email"})
  void anAddressThatWasNotVerifiedIsNobodys(String claim) {
    TokenRules rules = rules(grant(GrantedRole.Admin, claim, "root@example.com"));

    assertThat(caller(rules, Map.of("email", "root@example.com")).roles()).isEmpty();
    assertThat(caller(rules, Map.of("email", "root@example.com", "email_verified", "true")).roles())
        .isEmpty();
    assertThat(caller(rules, Map.of("email", "root@example.com", "email_verified", true)).roles())
        .containsExactly(Role.ADMIN);
  }

  @Test
  void anAdministratorSeesWhatAViewerSeesAndHoldsNothing() {
    Caller admin = new Caller("p", Set.of(Role.ADMIN), Optional.empty());

    assertThat(admin.has(Role.VIEWER)).isTrue();
    assertThat(admin.has(Role.HOLDER)).isFalse();
    assertThat(new Caller("p", Set.of(Role.VIEWER), Optional.empty()).has(Role.ADMIN)).isFalse();
  }

  @Test
  void theTenantIsCompared() {
    TokenRules rules =
        new TokenRules.Oidc(
            Optional.of(new ClaimValue("/firebase/tenant", "acme-1")), Optional.empty());

    assertThat(read(rules, Map.of("firebase", Map.of("tenant", "acme-1"))))
        .isInstanceOf(CallerResult.Admitted.class);
    for (Map<String, Object> other :
        List.<Map<String, Object>>of(
            Map.of(),
            Map.of("firebase", "acme-1"),
            Map.of("firebase", Map.of()),
            Map.of("firebase", Map.of("tenant", "acme-12")))) {
      assertThat(read(rules, other)).isInstanceOf(CallerResult.Refused.class);
    }
  }

  @Test
  void aPodIsNamedByItsNamespaceServiceAccountAndUid() {
    Map<String, Object> claims =
        Map.of(
            "kubernetes.io",
            Map.of(
                "namespace", "apps",
                "serviceaccount", Map.of("name", "worker", "uid", "s"),
                "pod", Map.of("name", "worker-0", "uid", "p")));

    assertThat(caller(new TokenRules.PodOfCluster(), claims).pod())
        .contains(new Pod("apps", "worker", "p"));
  }

  private static Caller caller(TokenRules rules, Map<String, Object> claims) {
    return ((CallerResult.Admitted) read(rules, claims)).caller();
  }

  private static CallerResult read(TokenRules rules, Map<String, Object> claims) {
    JWTClaimsSet.Builder set = new JWTClaimsSet.Builder().issuer("https://i.example").subject("s");
    claims.forEach(set::claim);
    return rules.read(set.build());
  }

  private static TokenRules rules(Grant... grants) {
    return new TokenRules.Oidc(
        Optional.empty(), Optional.of(List.of(grants)).filter(named -> !named.isEmpty()));
  }

  private static Grant grant(GrantedRole role, String claim, String... values) {
    return new Grant(role, claim, List.of(values));
  }
}
