"""What of the cluster a release reads and writes, all of it by kubectl."""

import copy
import dataclasses
import hashlib
import json
import re
import shutil
import subprocess
import time

from images import SETTING, Images
from outcome import Refused

NAMESPACE = "licensing-system"
OPERATOR = "licensing-operator"
API_PODS = "app.kubernetes.io/name=license-api,app.kubernetes.io/component=api"
OPERATOR_PODS = "app.kubernetes.io/name=licensing-operator,app.kubernetes.io/component=operator"
METRICS_PORT = 9090
PAUSED = "licensing.coditect.ai/paused"
# Beside a pause of ours, so that it is told from somebody else's.
PAUSED_BY = "licensing.coditect.ai/paused-by"
US = "release"
# The API server, or the way to it, is away for a moment.
PASSING = re.compile(
    r"refused|timed? ?out|EOF|handshake|reset by peer|Unable to connect|ServiceUnavailable|TooManyRequests|etcdserver|Internal error"
)
ATTEMPTS = 5
BETWEEN_ATTEMPTS = 2


class KubectlFailed(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Tenant:
    """A Tenant as its conditions show it."""

    namespace: str
    name: str
    uid: str
    paused: bool
    paused_by_us: bool
    up_to_date: bool
    ready: bool
    stalled: bool
    reason: str
    says: str
    host: str

    @staticmethod
    def of(resource):
        metadata, status = resource["metadata"], resource.get("status", {})
        notes = metadata.get("annotations", {})
        conditions = {each["type"]: each for each in status.get("conditions", [])}
        ready = conditions.get(
            "Ready", {"status": "Unknown", "reason": "NotSeen", "message": "the operator has not seen it"}
        )
        api = resource["spec"].get("api", {})
        return Tenant(
            namespace=metadata["namespace"],
            name=metadata["name"],
            uid=metadata["uid"],
            paused=notes.get(PAUSED) == "true",
            paused_by_us=notes.get(PAUSED) == "true" and notes.get(PAUSED_BY) == US,
            up_to_date=status.get("observedGeneration", 0) >= metadata["generation"],
            ready=ready["status"] == "True",
            stalled=conditions.get("Stalled", {}).get("status") == "True",
            reason=ready["reason"],
            says=f"{ready['reason']}: {ready['message']}",
            host="" if api.get("edge", "None") == "None" else api.get("hostName", ""),
        )

    @property
    def key(self):
        return f"{self.namespace}/{self.name}"

    @property
    def healthy(self):
        return self.ready and not self.stalled


class Cluster:
    """One cluster, by its context in the kubeconfig."""

    def __init__(self, context, program="kubectl"):
        """Raises Refused where there is no kubectl, or no such context."""
        if not shutil.which(program):
            raise Refused(f"{program} was not found: install it, or put it on the PATH")
        self.program = program
        self.options = []
        known = self.kubectl("config", "get-contexts", "--output=name").split()
        if context not in known:
            raise Refused(f"there is no context '{context}' in the kubeconfig; there are: {', '.join(known) or 'none'}")
        self.options = [f"--context={context}", "--request-timeout=30s"]

    def kubectl(self, *arguments, stdin=None, attempts=ATTEMPTS):
        """Its output; tried again where the API server is away for a moment."""
        while True:
            # In a session of its own: Ctrl-C is for this program, which decides what becomes of it.
            result = subprocess.run(
                [self.program, *self.options, *arguments],
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
                start_new_session=True,
            )
            attempts -= 1
            if result.returncode == 0:
                return result.stdout
            if attempts <= 0 or not PASSING.search(result.stderr):
                raise KubectlFailed(f"kubectl {' '.join(arguments[:4])}: {result.stderr.strip()}")
            time.sleep(BETWEEN_ATTEMPTS)

    def read(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "--output=json"))

    def find(self, *arguments):
        """As read; None where there is no such object."""
        text = self.kubectl("get", *arguments, "--ignore-not-found", "--output=json")
        return json.loads(text) if text.strip() else None

    # --- tenants

    def tenants(self):
        return sorted(map(Tenant.of, self.read("tenants", "--all-namespaces")["items"]), key=lambda each: each.key)

    def pause(self, tenants):
        """Those that somebody has paused meanwhile are left as they are."""
        self._annotate(tenants, f"{PAUSED}=true", f"{PAUSED_BY}={US}")

    def go_on(self, tenants):
        self._annotate(tenants, f"{PAUSED}-", f"{PAUSED_BY}-")

    def _annotate(self, tenants, *annotations):
        for namespace in sorted({each.namespace for each in tenants}):
            names = [each.name for each in tenants if each.namespace == namespace]
            try:
                self.kubectl("annotate", "tenants", f"--namespace={namespace}", *names, *annotations)
            except KubectlFailed as e:
                # Deleted meanwhile, or paused by somebody else.
                if "not found" not in str(e) and "already has a value" not in str(e):
                    raise

    def api_deployments(self):
        """By the key of their Tenant."""
        items = self.read("deployments", "--all-namespaces", f"--selector={API_PODS}")["items"]
        return {
            f"{each['metadata']['namespace']}/{each['metadata']['labels']['app.kubernetes.io/instance']}": each
            for each in items
        }

    def api_pods(self):
        return self.read("pods", "--all-namespaces", f"--selector={API_PODS}")["items"]

    def metrics(self, pod):
        """What a pod answers on its port for metrics, by way of the API server."""
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}:{METRICS_PORT}/proxy/metrics"
        return self.kubectl("get", "--raw", path, attempts=1)

    # --- the operator

    def operator(self):
        """Its Deployment. Raises Refused where there is none."""
        found = self.find("deployment", OPERATOR, f"--namespace={NAMESPACE}")
        if not found:
            raise Refused(
                f"no operator is installed there: there is no Deployment {NAMESPACE}/{OPERATOR}. docs/install.md"
            )
        return found

    def operator_pods(self):
        return self.read("pods", f"--namespace={NAMESPACE}", f"--selector={OPERATOR_PODS}")["items"]

    def running(self, deployment):
        """The images that an operator's Deployment makes run."""
        data = self.read("configmap", settings_name(deployment["spec"]["template"]), f"--namespace={NAMESPACE}")["data"]
        return Images(image_of(deployment), data[SETTING])

    def apply(self, folder):
        # What somebody changed by hand, and a way back before this, must not hold it up.
        self.kubectl("apply", "--server-side", "--force-conflicts", "--kustomize", folder)

    def put_template(self, template):
        """Makes the operator's pods what they were, with the settings that they had."""
        patch = [{"op": "replace", "path": "/spec/template", "value": template}]
        self.kubectl(
            "patch", "deployment", OPERATOR, f"--namespace={NAMESPACE}", "--type=json", f"--patch={json.dumps(patch)}"
        )

    def template_with(self, template, images):
        """The same pods with other images: makes the settings that name the API's."""
        before = self.read("configmap", settings_name(template), f"--namespace={NAMESPACE}")
        data = {**before["data"], SETTING: images.api}
        name = f"{OPERATOR}-{hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:10]}"
        metadata = {"name": name, "namespace": NAMESPACE, "labels": before["metadata"].get("labels", {})}
        self.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
        changed = copy.deepcopy(template)
        container(changed)["image"] = images.operator
        volume(changed)["configMap"]["name"] = name
        return changed

    def put(self, resource):
        self.kubectl("apply", "--server-side", "--force-conflicts", "--filename=-", stdin=json.dumps(resource))


def container(template):
    return template["spec"]["containers"][0]


def volume(template):
    return next(each for each in template["spec"]["volumes"] if each["name"] == "config")


def settings_name(template):
    return volume(template)["configMap"]["name"]


def image_of(deployment):
    return container(deployment["spec"]["template"])["image"]
