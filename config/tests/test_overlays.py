"""The overlays for Google Cloud, the tenants of the house, and the operator's edges: by schema, and by what no schema says."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

import rendered

OVERLAYS = rendered.CONFIG / "overlays"
ENVIRONMENTS = ("staging", "production")
EDGES = ("edge-gateway", "edge-ingress")


def one(objects, kind, name=None):
    found = [each for each in objects if each["kind"] == kind and name in (None, each["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} {kind} {name or ''}"
    return found[0]


class SchemaTest(unittest.TestCase):
    def test_everything_is_what_the_schemas_want(self):
        folders = [OVERLAYS / environment / part for environment in ENVIRONMENTS for part in ("", "tenants")]
        texts = {str(folder): rendered.kustomize(folder) for folder in folders}
        texts |= {edge: rendered.golden(edge) for edge in EDGES}
        for name, text in texts.items():
            with self.subTest(name):
                self.assertEqual(rendered.complaints(text), [])

    def test_each_kind_is_refused_when_it_is_wrong(self):
        folders = (OVERLAYS / "staging", OVERLAYS / "staging/tenants")
        text = "\n---\n".join([*map(rendered.kustomize, folders), *map(rendered.golden, EDGES)])
        changes = {
            "Deployment": ("maxSurge:", "maxSurges:"),
            "ValidatingAdmissionPolicy": ("failurePolicy:", "failurePolicies:"),
            "Gateway": ("gatewayClassName:", "gatewayClass:"),
            "HTTPRoute": ("statusCode: 301", "statusCode: 308"),
            "GCPGatewayPolicy": ("sslPolicy:", "sslPolicies:"),
            "GCPBackendPolicy": ("securityPolicy: licensing", "securityPolicy: {name: licensing}"),
            "HealthCheckPolicy": ("type: HTTP", "type: http"),
            "BackendConfig": ("securityPolicy:\n    name: licensing", "securityPolicy: licensing"),
            "FrontendConfig": ("sslPolicy: licensing", "sslPolicy: {name: licensing}"),
            "ManagedCertificate": ("domains:", "domain:"),
            "Ingress": ("pathType:", "pathTypes:"),
            "Tenant": ("addressName: licensing-canary-ingress", "addressName: 203.0.113.7"),
            "LicensePool": ("seats: 10", "seats: ten"),
        }
        wrong = [changed(text, kind, *change) for kind, change in changes.items()]
        refused = [complaint.split()[0] for complaint in rendered.complaints("\n---\n".join(wrong))]
        self.assertEqual(sorted(refused), sorted(changes))


def changed(text, kind, right, wrong):
    """The first object of that kind that has what is right, with what is wrong."""
    return next(
        document.replace(right, wrong)
        for document in text.split("\n---\n")
        if re.search(f"(?m)^kind: {kind}$", document) and right in document
    )


class OverlayTest(unittest.TestCase):
    def test_images_come_from_the_registry_by_digest(self):
        for environment in ENVIRONMENTS:
            with self.subTest(environment):
                self.assertEqual(foreign_images(OVERLAYS / environment), [])

    def test_image_by_tag_is_found(self):
        self.assertIn("licensing-operator:1.0", foreign_images(with_release("@sha256:0+", ":1.0"))[0])

    def test_image_of_another_registry_is_found(self):
        self.assertEqual(len(foreign_images(with_release("(?m)^registry=.*", "registry=example.com/other/"))), 2)

    def test_another_digest_of_the_api_rolls_the_operator(self):
        before = rendered.objects(rendered.kustomize(OVERLAYS / "staging"))
        after = rendered.objects(rendered.kustomize(with_release("(?m)^(api=.*)0$", r"\g<1>1")))
        self.assertNotEqual(settings_of(before), settings_of(after))

    def test_two_operators_of_which_one_leads(self):
        for environment in ENVIRONMENTS:
            operator = one(rendered.objects(rendered.kustomize(OVERLAYS / environment)), "Deployment")["spec"]
            self.assertEqual(operator["replicas"], 2)
            variables = operator["template"]["spec"]["containers"][0]["env"]
            self.assertIn({"name": "LICENSING_OPERATOR_LEADER_ELECTION", "value": "Enabled"}, variables)

    def test_plain_http_is_sent_on_and_serves_nobody(self):
        for environment in ENVIRONMENTS:
            objects = rendered.objects(rendered.kustomize(OVERLAYS / environment))
            http = one(objects, "Gateway")["spec"]["listeners"][0]
            self.assertEqual((http["protocol"], http["allowedRoutes"]["namespaces"]), ("HTTP", {"from": "Same"}))
            route = one(objects, "HTTPRoute")["spec"]
            self.assertEqual(route["parentRefs"], [{"name": "licences", "sectionName": "http"}])
            self.assertEqual(route["rules"][0]["filters"][0]["requestRedirect"]["scheme"], "https")

    def test_names_are_those_that_the_infrastructure_gives(self):
        name = re.search(
            r'local.*?name += "(.+?)"', (rendered.ROOT / "opentofu/modules/backend/main.tf").read_text(), re.DOTALL
        )[1]
        objects = rendered.objects(rendered.kustomize(OVERLAYS / "production"))
        gateway = one(objects, "Gateway")
        self.assertEqual(gateway["metadata"]["annotations"], {"networking.gke.io/certmap": name})
        self.assertEqual(gateway["spec"]["addresses"], [{"type": "NamedAddress", "value": name}])
        self.assertEqual(one(objects, "GCPGatewayPolicy")["spec"]["default"], {"sslPolicy": name})

    def test_tenants_of_the_house_stand_behind_cloud_armor_on_https(self):
        for environment in ENVIRONMENTS:
            objects = rendered.objects(rendered.kustomize(OVERLAYS / environment / "tenants"))
            tenants = [each["spec"]["api"] for each in objects if each["kind"] == "Tenant"]
            self.assertEqual({api["edge"] for api in tenants}, {"Gateway", "Ingress"})
            self.assertEqual({api["securityPolicy"] for api in tenants}, {"licensing"})
            self.assertEqual({api["ingress"]["sslPolicy"] for api in tenants if "ingress" in api}, {"licensing"})
            self.assertEqual([api["gatewayRef"]["sectionName"] for api in tenants if "gatewayRef" in api], ["https"])


class EdgeTest(unittest.TestCase):
    """What the operator makes, as its golden folders have it."""

    def setUp(self):
        self.gateway, self.ingress = (rendered.objects(rendered.golden(edge)) for edge in EDGES)

    def test_cloud_armor_is_attached(self):
        self.assertEqual(one(self.gateway, "GCPBackendPolicy")["spec"]["default"]["securityPolicy"], "licensing")
        self.assertEqual(one(self.ingress, "BackendConfig")["spec"]["securityPolicy"], {"name": "licensing"})

    def test_health_is_asked_of_the_pods_where_they_answer_it(self):
        pods = one(self.gateway, "Deployment")["spec"]["template"]["spec"]["containers"][0]
        path = pods["readinessProbe"]["httpGet"]["path"]
        asked = one(self.gateway, "HealthCheckPolicy")["spec"]["default"]["config"]["httpHealthCheck"]
        self.assertEqual(asked["requestPath"], path)
        self.assertEqual(one(self.ingress, "BackendConfig")["spec"]["healthCheck"]["requestPath"], path)
        self.assertEqual(asked["port"], one(self.ingress, "BackendConfig")["spec"]["healthCheck"]["port"])

    def test_connections_drain_as_long_as_a_pod_takes_to_end(self):
        grace = one(self.gateway, "Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        drained = one(self.gateway, "GCPBackendPolicy")["spec"]["default"]["connectionDraining"]
        self.assertEqual(drained, {"drainingTimeoutSec": grace})
        self.assertEqual(one(self.ingress, "BackendConfig")["spec"]["connectionDraining"], drained)

    def test_ingress_sends_on_to_https(self):
        self.assertTrue(one(self.ingress, "FrontendConfig")["spec"]["redirectToHttps"]["enabled"])
        names = one(self.ingress, "Ingress")["metadata"]["annotations"]
        self.assertEqual(
            names["networking.gke.io/managed-certificates"], one(self.ingress, "ManagedCertificate")["metadata"]["name"]
        )


def foreign_images(overlay):
    """Images that are not by digest, or that the admission policy would refuse."""
    objects = rendered.objects(rendered.kustomize(overlay))
    variable = one(objects, "ValidatingAdmissionPolicy")["spec"]["variables"][0]
    registry = variable["expression"].strip("'")
    operator = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["image"]
    api = settings_of(objects)["data"]["licensing-operator.api.image"]
    by_digest = re.compile(re.escape(registry) + r"[a-z-]+@sha256:[0-9a-f]{64}")
    return [image for image in (operator, api) if not by_digest.fullmatch(image)]


def settings_of(objects):
    return next(
        each
        for each in objects
        if each["metadata"]["name"].startswith("licensing-operator-") and each["kind"] == "ConfigMap"
    )


def with_release(pattern, replacement):
    """A copy of staging's overlay whose release.env is changed so."""
    folder = Path(tempfile.mkdtemp())
    unittest.addModuleCleanup(shutil.rmtree, folder)
    shutil.copytree(rendered.CONFIG, folder / "config", ignore=shutil.ignore_patterns("tests"))
    release = folder / "config/overlays/staging/release.env"
    changed, count = re.subn(pattern, replacement, release.read_text())
    assert count, pattern
    release.write_text(changed)
    return release.parent


if __name__ == "__main__":
    unittest.main()
