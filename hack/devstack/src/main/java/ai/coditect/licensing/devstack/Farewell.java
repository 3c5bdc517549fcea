package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.story.Shell;
import java.net.URI;

/** What a reader can do next. */
final class Farewell {

  private Farewell() {}

  static String text(Devstack devstack, URI api) {
    var kubernetes = devstack.kubernetes();
    return """

        == Yours now
        export KUBECONFIG=%1$s
        export PATH=%2$s:"$PATH"
        export API=%3$s

        Five things to try:
          kubectl get tenants,lpools --watch                  # then scale a pool in another terminal
          kubectl scale lpool/render --replicas=2; kubectl describe lpool/render
          kubectl apply -f - <<<'{"apiVersion": "licensing.coditect.ai/v1alpha1", "kind": "LicensePool", "metadata": {"name": "viewer"}, "spec": {"tenantRef": {"name": "acme"}, "product": "acme-viewer", "seats": -1}}'
          kubectl delete pod -l app.kubernetes.io/instance=acme --wait=false; curl -s "$API/api/v1/keys/statements"
          kubectl patch tenant acme --type=merge -p '{"spec": {"auth": {"bareLicenseKey": "Denied", "issuers": [{"issuer": "%4$s", "audience": "acme"}]}}}'
        The contract of the API, to read and to try: %3$s/docs
        """
        .formatted(
            Shell.quote(kubernetes.kubeconfig().toString()),
            Shell.quote(kubernetes.binaries().folder().toString()),
            api,
            devstack.issuer().url());
  }
}
