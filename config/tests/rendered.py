"""What kustomize makes of a folder, and what schemas say of it."""

import functools
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
CONFIG = ROOT / "config"
GOLDEN = ROOT / "operator/src/test/resources/golden"


@functools.cache
def kustomize(folder):
    """The text that ``kubectl apply -k`` would apply."""
    return run("kubectl", "kustomize", str(folder))


def objects(text):
    """The objects of a text of YAML, each a dict."""
    return json.loads(run("manifests", "json", stdin=text))


def golden(edge):
    """What the operator makes of the Tenant of one golden folder."""
    files = sorted(file for file in (GOLDEN / edge).glob("out-*.yaml") if not file.name.startswith("out-Tenant-"))
    return "\n---\n".join(file.read_text() for file in files)


def complaints(text):
    """What is wrong by the schemas, a line for each object; empty where nothing is."""
    schemas = os.environ["MANIFEST_SCHEMAS"]
    result = subprocess.run(
        [
            "kubeconform",
            "-strict",
            # A schema of the schemas' own kind is not among those that Kubernetes publishes for its objects.
            "-skip=CustomResourceDefinition",
            "-output=json",
            f"-schema-location={schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json",
            f"-schema-location={schemas}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json",
        ],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(result.stdout)["resources"]
    return [f"{each['kind']} {each['name']}: {each['msg']}" for each in found]


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=True).stdout
