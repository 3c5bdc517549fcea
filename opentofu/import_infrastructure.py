"""Adopts what is in a Google Cloud project already into an environment's state.

It asks OpenTofu what it would make, asks Google for each of those whether it is there, and imports what is. Without
--import it only tells. It changes nothing in Google Cloud, and nothing in state while anything is unclear. What it has
imported is in state, so it can be interrupted and started again.
"""

import argparse
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

FOUND, MISSING, AMBIGUOUS, FORBIDDEN, UNCLEAR, LATER = (
    "found",
    "missing",
    "ambiguous",
    "no permission",
    "unclear",
    "later",
)
STOPS = (AMBIGUOUS, FORBIDDEN, UNCLEAR)

EMPTY_PLAN, CHANGES_LEFT, STOPPED, FAILED = 0, 1, 3, 4


class Unknown(Exception):
    """An attribute that OpenTofu knows only once what it belongs to is in state."""


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A resource that OpenTofu would make."""

    address: str
    type: str
    values: dict


@dataclasses.dataclass(frozen=True)
class Sight:
    """What Google said of it."""

    wanted: Wanted
    what: str
    id: str = ""
    why: str = ""


# --- where each type is looked for, and what OpenTofu calls it when it imports it ------------------------------------


@dataclasses.dataclass(frozen=True)
class Described:
    """gcloud knows it by its name."""

    command: str
    id: str


@dataclasses.dataclass(frozen=True)
class Listed:
    """gcloud finds it by what it shows; its own name is Google's choice."""

    command: str
    id: str


@dataclasses.dataclass(frozen=True)
class Granted:
    """A line of a policy: role and member."""

    command: str
    resource: str


@dataclasses.dataclass(frozen=True)
class Audited:
    """An auditConfig of the project's policy."""

    command: str


@dataclasses.dataclass(frozen=True)
class Tried:
    """gcloud does not know its kind: the import itself tells whether it is there."""

    id: str


PROJECT_POLICY = "projects get-iam-policy {project}"

KINDS = {
    "google_artifact_registry_repository": Described(
        "artifacts repositories describe {repository_id} --location={location} --project={project}",
        "projects/{project}/locations/{location}/repositories/{repository_id}",
    ),
    "google_artifact_registry_repository_iam_member": Granted(
        "artifacts repositories get-iam-policy {repository} --location={location} --project={project}",
        "projects/{project}/locations/{location}/repositories/{repository}",
    ),
    "google_billing_budget": Listed(
        "billing budgets list --billing-account={billing_account} --filter=displayName={display_name:q}", "{found}"
    ),
    "google_certificate_manager_certificate": Described(
        "certificate-manager certificates describe {name} --project={project}",
        "projects/{project}/locations/global/certificates/{name}",
    ),
    "google_certificate_manager_certificate_map": Described(
        "certificate-manager maps describe {name} --project={project}",
        "projects/{project}/locations/global/certificateMaps/{name}",
    ),
    "google_certificate_manager_certificate_map_entry": Described(
        "certificate-manager maps entries describe {name} --map={map} --project={project}",
        "projects/{project}/locations/global/certificateMaps/{map}/certificateMapEntries/{name}",
    ),
    "google_certificate_manager_dns_authorization": Described(
        "certificate-manager dns-authorizations describe {name} --project={project}",
        "projects/{project}/locations/global/dnsAuthorizations/{name}",
    ),
    "google_compute_address": Described(
        "compute addresses describe {name} --region={region} --project={project}",
        "projects/{project}/regions/{region}/addresses/{name}",
    ),
    "google_compute_firewall": Described(
        "compute firewall-rules describe {name} --project={project}", "projects/{project}/global/firewalls/{name}"
    ),
    "google_compute_global_address": Described(
        "compute addresses describe {name} --global --project={project}", "projects/{project}/global/addresses/{name}"
    ),
    "google_compute_network": Described(
        "compute networks describe {name} --project={project}", "projects/{project}/global/networks/{name}"
    ),
    "google_compute_router": Described(
        "compute routers describe {name} --region={region} --project={project}",
        "projects/{project}/regions/{region}/routers/{name}",
    ),
    "google_compute_router_nat": Described(
        "compute routers nats describe {name} --router={router} --region={region} --project={project}",
        "projects/{project}/regions/{region}/routers/{router}/{name}",
    ),
    "google_compute_security_policy": Described(
        "compute security-policies describe {name} --global --project={project}",
        "projects/{project}/global/securityPolicies/{name}",
    ),
    "google_compute_ssl_policy": Described(
        "compute ssl-policies describe {name} --global --project={project}",
        "projects/{project}/global/sslPolicies/{name}",
    ),
    "google_compute_subnetwork": Described(
        "compute networks subnets describe {name} --region={region} --project={project}",
        "projects/{project}/regions/{region}/subnetworks/{name}",
    ),
    "google_container_cluster": Described(
        "container clusters describe {name} --location={location} --project={project}",
        "projects/{project}/locations/{location}/clusters/{name}",
    ),
    "google_container_node_pool": Described(
        "container node-pools describe {name} --cluster={cluster} --location={location} --project={project}",
        "{project}/{location}/{cluster}/{name}",
    ),
    "google_dns_managed_zone": Described(
        "dns managed-zones describe {name} --project={project}", "projects/{project}/managedZones/{name}"
    ),
    "google_dns_record_set": Described(
        "dns record-sets describe {name} --type={type} --zone={managed_zone} --project={project}",
        "projects/{project}/managedZones/{managed_zone}/rrsets/{name}/{type}",
    ),
    "google_iam_workload_identity_pool": Described(
        "iam workload-identity-pools describe {workload_identity_pool_id} --location=global --project={project}",
        "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}",
    ),
    "google_iam_workload_identity_pool_provider": Described(
        "iam workload-identity-pools providers describe {workload_identity_pool_provider_id}"
        " --workload-identity-pool={workload_identity_pool_id} --location=global --project={project}",
        "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}/providers/{workload_identity_pool_provider_id}",
    ),
    "google_identity_platform_config": Tried("projects/{project}"),
    # Its id is Google's choice, and gcloud lists none: say --id where there is one.
    "google_identity_platform_tenant": Tried(""),
    "google_kms_crypto_key": Described(
        "kms keys describe {key_ring}/cryptoKeys/{name}", "{key_ring}/cryptoKeys/{name}"
    ),
    "google_kms_crypto_key_iam_member": Granted("kms keys get-iam-policy {crypto_key_id}", "{crypto_key_id}"),
    "google_kms_key_ring": Described(
        "kms keyrings describe {name} --location={location} --project={project}",
        "projects/{project}/locations/{location}/keyRings/{name}",
    ),
    "google_kms_key_ring_iam_member": Granted("kms keyrings get-iam-policy {key_ring_id}", "{key_ring_id}"),
    "google_logging_project_bucket_config": Described(
        "logging buckets describe {bucket_id} --location={location} --project={project}",
        "projects/{project}/locations/{location}/buckets/{bucket_id}",
    ),
    "google_logging_project_sink": Described(
        "logging sinks describe {name} --project={project}", "projects/{project}/sinks/{name}"
    ),
    "google_monitoring_alert_policy": Listed(
        "monitoring policies list --project={project} --filter=displayName={display_name:q}", "{found}"
    ),
    "google_monitoring_notification_channel": Listed(
        "beta monitoring channels list --project={project} --filter=displayName={display_name:q}", "{found}"
    ),
    "google_monitoring_uptime_check_config": Listed(
        "monitoring uptime list-configs --project={project} --filter=displayName={display_name:q}", "{found}"
    ),
    "google_project_iam_audit_config": Audited(PROJECT_POLICY),
    "google_project_iam_custom_role": Described(
        "iam roles describe {role_id} --project={project}", "projects/{project}/roles/{role_id}"
    ),
    "google_project_iam_member": Granted(PROJECT_POLICY, "{project}"),
    "google_project_service": Listed(
        "services list --enabled --project={project} --filter=config.name={service:q}", "{project}/{service}"
    ),
    "google_redis_instance": Described(
        "redis instances describe {name} --region={region} --project={project}",
        "projects/{project}/locations/{region}/instances/{name}",
    ),
    "google_secret_manager_secret": Described(
        "secrets describe {secret_id} --project={project}", "projects/{project}/secrets/{secret_id}"
    ),
    "google_secret_manager_secret_iam_member": Granted(
        "secrets get-iam-policy {secret_id} --project={project}", "projects/{project}/secrets/{secret_id}"
    ),
    "google_service_account": Described(
        "iam service-accounts describe {account_id}@{project}.iam.gserviceaccount.com --project={project}",
        "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com",
    ),
    "google_service_account_iam_member": Granted(
        "iam service-accounts get-iam-policy {account} --project={project}", "{service_account_id}"
    ),
    "google_service_networking_connection": Listed(
        "services vpc-peerings list --network={network_name} --service={service} --project={project}",
        "{network}:{service}",
    ),
    "google_sql_database": Described(
        "sql databases describe {name} --instance={instance} --project={project}",
        "projects/{project}/instances/{instance}/databases/{name}",
    ),
    "google_sql_database_instance": Described(
        "sql instances describe {name} --project={project}", "projects/{project}/instances/{name}"
    ),
}

# Of these there is one. Another by another name may be the one that is meant: making a second would split the record.
SINGLE = {
    "google_container_cluster": "container clusters list --project={project}",
    "google_redis_instance": "redis instances list --region={region} --project={project}",
    "google_sql_database_instance": "sql instances list --project={project}",
}


class Field(str):
    """An attribute for a template: {name:q} puts it in quotes, as gcloud's filters want it."""

    def __format__(self, spec):
        return f'"{self}"' if spec == "q" else str(self)


class Fields(dict):
    """A resource's attributes for the templates above; what is not known yet is Unknown."""

    def __init__(self, wanted, project):
        super().__init__({name: Field(value) for name, value in wanted.values.items() if isinstance(value, str)})
        self.setdefault("project", Field(project))
        if "network" in self:
            self["network_name"] = Field(self["network"].rsplit("/", 1)[-1])
        if "service_account_id" in self:
            self["account"] = Field(self["service_account_id"].rsplit("/", 1)[-1])

    def __missing__(self, name):
        raise Unknown(name)


# --- Google ----------------------------------------------------------------------------------------------------------

NOT_THERE = re.compile(r"NOT_FOUND|not[ _]found|does not exist|unknown service account|HTTPError 404", re.I)
NOT_ALLOWED = re.compile(r"PERMISSION_DENIED|permission|HTTPError 403|forbidden|not authorized", re.I)


@dataclasses.dataclass(frozen=True)
class Answer:
    what: str
    json: object = None
    why: str = ""


class Google:
    """What gcloud tells, each question asked once."""

    def __init__(self):
        self.answers = {}

    def ask(self, command):
        if command not in self.answers:
            self.answers[command] = self.asked(command)
        return self.answers[command]

    @staticmethod
    def asked(command):
        # A name has no blank in it but in quotes, which are gcloud's own.
        words = re.findall(r'(?:[^\s"]|"[^"]*")+', command)
        run = subprocess.run(["gcloud", *words, "--format=json", "--quiet"], capture_output=True, text=True)
        if run.returncode == 0:
            return Answer(FOUND, json.loads(run.stdout or "[]"))
        said = " ".join(run.stderr.split())
        # Google says "denied, or it may not exist" to who may not know: that is no answer.
        if NOT_ALLOWED.search(said):
            return Answer(FORBIDDEN, why=said)
        if NOT_THERE.search(said):
            return Answer(MISSING)
        return Answer(UNCLEAR, why=said)


def looked_for(google, wanted, project):
    """Whether it is there, and by which id it is imported."""
    kind = KINDS.get(wanted.type)
    if kind is None:
        return Sight(wanted, UNCLEAR, why=f"nobody wrote down how a {wanted.type} is looked for")
    fields = Fields(wanted, project)
    try:
        return LOOKS[type(kind)](google, wanted, kind, fields)
    except Unknown as unknown:
        return Sight(wanted, LATER, why=f"{unknown} is known once what it belongs to is there")


def described(google, wanted, kind, fields):
    answer = google.ask(kind.command.format_map(fields))
    if answer.what == FOUND:
        return Sight(wanted, FOUND, kind.id.format_map(fields))
    if answer.what == MISSING and wanted.type in SINGLE:
        return one_of_its_kind(google, wanted, fields)
    return Sight(wanted, answer.what, why=answer.why)


def one_of_its_kind(google, wanted, fields):
    others = google.ask(SINGLE[wanted.type].format_map(fields))
    if others.what != FOUND:
        return Sight(wanted, others.what, why=others.why)
    if not others.json:
        return Sight(wanted, MISSING)
    names = ", ".join(sorted(other["name"].rsplit("/", 1)[-1] for other in others.json))
    return Sight(wanted, AMBIGUOUS, why=f"there is none named {fields['name']}, but {names}: say --id or --new")


def listed(google, wanted, kind, fields):
    answer = google.ask(kind.command.format_map(fields))
    if answer.what != FOUND:
        return Sight(wanted, answer.what, why=answer.why)
    if len(answer.json) > 1:
        return Sight(
            wanted, AMBIGUOUS, why="several look alike: " + ", ".join(found.get("name", "?") for found in answer.json)
        )
    if not answer.json:
        return Sight(wanted, MISSING)
    fields["found"] = Field(answer.json[0].get("name", ""))
    return Sight(wanted, FOUND, kind.id.format_map(fields))


def granted(google, wanted, kind, fields):
    answer = google.ask(kind.command.format_map(fields))
    if answer.what != FOUND:
        return Sight(wanted, answer.what, why=answer.why)
    role, member = fields["role"], fields["member"]
    for binding in dict(answer.json or {}).get("bindings", []):
        if binding["role"] == role and member in binding["members"] and "condition" not in binding:
            return Sight(wanted, FOUND, f"{kind.resource.format_map(fields)} {role} {member}")
    return Sight(wanted, MISSING)


def audited(google, wanted, kind, fields):
    answer = google.ask(kind.command.format_map(fields))
    if answer.what != FOUND:
        return Sight(wanted, answer.what, why=answer.why)
    if any(config["service"] == fields["service"] for config in dict(answer.json or {}).get("auditConfigs", [])):
        return Sight(wanted, FOUND, f"{fields['project']} {fields['service']}")
    return Sight(wanted, MISSING)


def tried(google, wanted, kind, fields):
    return (
        Sight(wanted, FOUND, kind.id.format_map(fields), why="only the import tells")
        if kind.id
        else Sight(wanted, MISSING)
    )


LOOKS = {Described: described, Listed: listed, Granted: granted, Audited: audited, Tried: tried}


# --- OpenTofu --------------------------------------------------------------------------------------------------------


class Stop(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Tofu:
    def __init__(self, folder):
        self.folder = folder

    def run(self, *words, allowed=(0,)):
        run = subprocess.run(["tofu", f"-chdir={self.folder}", *words], text=True, capture_output=True)
        if run.returncode not in allowed:
            raise Stop(FAILED, f"tofu {' '.join(words[:2])} failed:\n{run.stderr or ''}{run.stdout or ''}".rstrip())
        return run

    def plan(self):
        """What is planned, as JSON."""
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "plan"
            self.run("plan", "-input=false", "-lock=false", f"-out={file}")
            return json.loads(self.run("show", "-json", str(file)).stdout)

    def import_(self, address, id_):
        """Whether it was there to import."""
        run = self.run("import", "-input=false", address, id_, allowed=(0, 1))
        if run.returncode == 0:
            return True
        if "non-existent remote object" in run.stderr + run.stdout:
            return False
        raise Stop(
            FAILED,
            f"{address} could not be imported as {id_}:\n{run.stderr.rstrip()}\nWhat was imported before is in state: mend this, and start again.",
        )


def wanted_of(plan):
    return [
        Wanted(change["address"], change["type"], change["change"]["after"] or {})
        for change in plan.get("resource_changes", [])
        if change["mode"] == "managed" and change["change"]["actions"] == ["create"]
    ]


def left_of(plan):
    return [
        (change["address"], "/".join(change["change"]["actions"]))
        for change in plan.get("resource_changes", [])
        if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
    ]


# --- all of it -------------------------------------------------------------------------------------------------------


def told(sights):
    width = max((len(sight.wanted.address) for sight in sights), default=0)
    for sight in sorted(sights, key=lambda sight: (sight.what, sight.wanted.address)):
        print(f"  {sight.what:13}  {sight.wanted.address:{width}}  {sight.id or sight.why}".rstrip())


def seen(google, plan, project, ids, new):
    sights = []
    for wanted in wanted_of(plan):
        if wanted.address in ids:
            sights.append(Sight(wanted, FOUND, ids[wanted.address]))
        elif wanted.address in new:
            sights.append(Sight(wanted, MISSING, why="to be made new, as was said"))
        else:
            sights.append(looked_for(google, wanted, project))
    return sights


def stop_where_unclear(sights):
    stops = [sight for sight in sights if sight.what in STOPS]
    if stops:
        told(stops)
        raise Stop(
            STOPPED, f"{len(stops)} of {len(sights)} are unclear: nothing was changed. Mend that, and start again."
        )


def adopt(tofu, google, arguments):
    """Imports in rounds, since what belongs to something is known only once that is in state."""
    not_there = set()
    while True:
        plan = tofu.plan()
        sights = seen(google, plan, arguments.project, arguments.id, arguments.new)
        print(f"{len(sights)} resources are not in state:")
        told(sights)
        stop_where_unclear(sights)
        there = [sight for sight in sights if sight.what == FOUND and sight.wanted.address not in not_there]
        if not arguments.do_import:
            print("\nThis was a dry run: nothing was changed. With --import those found are taken into state.")
            return EMPTY_PLAN if not left_of(plan) else CHANGES_LEFT
        if not there:
            return ended(plan)
        for sight in there:
            if tofu.import_(sight.wanted.address, sight.id):
                print(f"imported {sight.wanted.address}")
            else:
                not_there.add(sight.wanted.address)
                print(f"{sight.wanted.address} is not there")
        print()


def ended(plan):
    left = left_of(plan)
    if not left:
        print("\nThe plan is empty: what is there is what is written.")
        return EMPTY_PLAN
    print("\nThe plan is not empty. Write down what is there, or apply what is written, with open eyes:")
    for address, actions in left:
        print(f"  {actions:13}  {address}")
    return CHANGES_LEFT


def pair(text):
    address, equals, id_ = text.partition("=")
    if not equals or not id_:
        raise argparse.ArgumentTypeError(f"'{text}' is not ADDRESS=ID")
    return address, id_


def parsed(words):
    parser = argparse.ArgumentParser(
        prog="opentofu/import-infrastructure.sh",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="exit status: 0 the plan is empty, 1 it is not, 2 wrong arguments, 3 something is unclear and nothing was changed, 4 a command failed",
    )
    parser.add_argument("environment", choices=["backend-staging", "backend-production"])
    parser.add_argument("--project", required=True, help="the project's id")
    parser.add_argument("--import", dest="do_import", action="store_true", help="take what is found into state")
    parser.add_argument(
        "--id",
        action="append",
        default=[],
        type=pair,
        metavar="ADDRESS=ID",
        help="import this id as that resource, whatever is found",
    )
    parser.add_argument(
        "--new",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="this resource is to be made new, whatever else is there",
    )
    arguments = parser.parse_args(words)
    arguments.id = dict(arguments.id)
    return arguments


def main(words):
    arguments = parsed(words)
    try:
        tofu = Tofu(HERE / "environments" / arguments.environment)
        tofu.run("init", "-input=false")
        return adopt(tofu, Google(), arguments)
    except FileNotFoundError as missing:
        print(
            f"import-infrastructure: {missing.filename} was not found; install it, and put it on PATH.", file=sys.stderr
        )
        return FAILED
    except Stop as stop:
        print(f"import-infrastructure: {stop}", file=sys.stderr)
        return stop.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
