package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.story.Shell;
import java.net.URI;

/** What a reader needs to go on in a terminal of their own. */
final class Farewell {

  private Farewell() {}

  /** What kubectl must know. */
  static String variables(Devstack devstack) {
    var kubernetes = devstack.kubernetes();
    return """

        To repeat the commands in another terminal, in this folder:
          export KUBECONFIG=%s
          export PATH=%s:"$PATH"
        """
        .formatted(
            Shell.quote(kubernetes.kubeconfig().toString()),
            Shell.quote(kubernetes.binaries().folder().toString()))
        .stripTrailing();
  }

  static String text(Devstack devstack, URI api) {
    return """
        %1$s
          export API=%2$s

        Five things to try:
          1. kubectl get lpool --watch                   # while you scale one: kubectl scale lpool/render --replicas=2
          2. kubectl patch lpool cad --type=merge -p '{"spec": {"seats": -1}}'   # what a bad value is told
          3. kubectl rollout restart deployment/acme-license-api; while sleep 0.5; do curl -s "$API/health/"; done
          4. kubectl patch tenant acme --type=merge -p '{"spec": {"state": "Suspended"}}'; kubectl get tenants
          5. curl -s %3$s/token -d grant_type=client_credentials -d client_id=me -d client_secret=any -d scope=acme
             # a bearer token, for a tenant that names this issuer in spec.auth.issuers with audience acme
        The API's contract, to read and to try: %2$s/docs
        """
        .formatted(variables(devstack), api, devstack.issuer().url());
  }
}
