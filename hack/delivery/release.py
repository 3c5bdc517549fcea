"""The order of things: a release reaches one tenant after the other, and everything goes back where it hurts."""

import dataclasses
import math
import time

import burn
import record as stages
import rollout
from cluster import KubectlFailed, image_of
from outcome import Failed, NeedsSomebody, Overtaken, Refused
from record import Record, State
from smoke import smoke

POLL_SECONDS = 1
LOOKS = 10
# To give up early on the way back would help nobody.
BACK_SECONDS = 900


@dataclasses.dataclass(frozen=True)
class Terms:
    """How a release is done.

    Attributes:
        canary: The namespace of the house's own tenants, which come first.
        urls: Where a canary answers, by its name; the others at their host names.
        steps: How many of the other tenants have the release after each step: a number or a share such as "25%".
        timeout: Seconds that each wait on the way forth takes at most.
        watch: Seconds for which errors are looked at after each step.
        burn_rate: From which on it is taken back.
    """

    canary: str
    urls: dict
    steps: tuple
    timeout: float
    watch: float
    burn_rate: float


class Delivery:
    """Releases, and goes back."""

    def __init__(self, cluster, terms, tell):
        self.cluster = cluster
        self.terms = terms
        self.tell = tell
        self.record = Record(cluster)
        # Whether a signal may end what is done now, and whether it is done already.
        self.stoppable = False
        self.goes_back = False

    # --- commands

    def release(self, folder, wanted):
        """Returns where everything runs what is wanted.

        Raises:
            Refused: Nothing was changed.
            Failed: Something hurt or somebody stopped it; everything runs as before.
            NeedsSomebody: It does not.
            Overtaken: Another run ends it.
        """
        state = self._begin(wanted)
        self.record.take(state)
        try:
            self.stoppable = True
            self._go_through(folder)
            self.stoppable = False
            self.record.stage(stages.RELEASED)
            self.tell(f"Released: {wanted}")
        except Overtaken:
            raise
        except Exception as e:
            self.stoppable = False
            self._go_back(str(e) or repr(e))
            raise as_failure(e) from e
        finally:
            self.record.close()

    def roll_back(self, operator=None, api=None, unfinished=False):
        """Everything at once to other images, or to what ran before the release that was made last or is under way.

        With unfinished: only where one is under way. Raises as release does.
        """
        kept, holder = self.record.read()
        if unfinished and (kept is None or kept.ended):
            self.tell("No release is under way: nothing is taken back")
            return
        deployment = self.cluster.operator()
        template, running = deployment["spec"]["template"], self.cluster.running(deployment)
        if operator or api:
            wanted = running.at(operator, api)
            unwell = self._unwell() if kept is None or kept.ended else kept.unwell
            target = State(stages.GOING_BACK, wanted, {}, running, 0, unwell)
        elif kept:
            target = dataclasses.replace(kept, stage=stages.GOING_BACK)
        else:
            raise Refused("no release was made by this script: say to what to go back with --operator and --api")
        self._require_callable_canaries()
        if kept and not kept.ended and self.record.is_being_written():
            self.tell(f"{holder} is at it ({kept.stage}): it is told to leave it to this run")
        if not target.template:
            target = dataclasses.replace(target, template=self.cluster.template_with(template, target.before))
        self.record.take(target)
        try:
            self._go_back("asked to")
        finally:
            self.record.close()

    def smoke(self):
        """The smoke test of every canary. Raises Failed, or Refused where there is none."""
        self._require_callable_canaries()
        for tenant in self._canaries():
            smoke(self.cluster, tenant, self._url(tenant), self.tell)

    def status(self):
        """What runs, what is under way, and who is paused, as sentences."""
        yield f"Runs {self.cluster.running(self.cluster.operator())}"
        kept, holder = self.record.read()
        if kept:
            yield f"Last release: from {kept.before} to {kept.wanted}: {kept.stage}, by {holder}"
        for tenant in self.cluster.tenants():
            if tenant.paused:
                yield f"{tenant.key} is paused by {'the release' if tenant.paused_by_us else 'somebody'}"
            elif not tenant.healthy:
                yield f"{tenant.key} is not Ready: {tenant.says}"

    def plan(self, wanted):
        """What a release would do, as sentences. Raises Refused where it would."""
        before = self._begin(wanted).before
        others = [each for each in self._others() if not each.paused or each.paused_by_us]
        yield f"From {before}"
        yield f"To   {wanted}"
        yield f"First the operator, and {', '.join(each.key for each in self._canaries())}"
        done = 0
        for target in targets(self.terms.steps, len(others)):
            yield f"Then {', '.join(each.key for each in others[done:target])}"
            done = target
        for tenant in self._others():
            if tenant.paused and not tenant.paused_by_us:
                yield f"Not {tenant.key}: somebody has paused it"

    # --- forth

    def _begin(self, wanted):
        """What to begin with, or to go on with. Changes nothing."""
        kept, holder = self.record.read()
        deployment = self.cluster.operator()
        self._require_callable_canaries()
        self._require_metrics()
        if kept is None or kept.ended:
            self._require_well_canaries()
            others = [each for each in self._others() if not each.paused or each.paused_by_us]
            template = deployment["spec"]["template"]
            return State(
                stages.PAUSING, self.cluster.running(deployment), template, wanted, len(others), self._unwell()
            )
        if self.record.is_being_written():
            raise Refused(
                f"another run, {holder}, is at it ({kept.stage}): wait for it, or take it over with 'deploy rollback'"
            )
        if kept.stage == stages.GOING_BACK:
            raise Refused("a run that went back was ended in the middle: end it with 'deploy rollback'")
        if kept.wanted != wanted:
            raise Refused(
                f"a release of {kept.wanted} was ended in the middle ({kept.stage}): "
                "go on with it by 'deploy release' with the same digests, or take it back with 'deploy rollback'"
            )
        self.tell(f"Goes on with the release that {holder} left while {kept.stage}")
        return kept

    def _go_through(self, folder):
        state = self.record.state
        if state.stage == stages.PAUSING:
            self._pause_all()
            self.record.stage(stages.APPLYING)
        if state.stage in (stages.PAUSING, stages.APPLYING):
            self._apply(folder)
            self.record.stage(stages.STEPPING)
        self._step_through()

    def _pause_all(self):
        """The canaries too: that they are taken up again shows that the new operator has done so."""
        self.cluster.pause([each for each in self.cluster.tenants() if not each.paused])
        self._wait("the pause of all tenants", self._not_paused)
        self.tell(f"Paused {sum(each.paused_by_us for each in self.cluster.tenants())} tenants")

    def _not_paused(self):
        left = [
            each.key
            for each in self.cluster.tenants()
            if not each.paused or each.paused_by_us and each.reason != "Paused"
        ]
        return f"{left[0]} is not paused, or the operator has not taken it up" if left else None

    def _apply(self, folder):
        wanted = self.record.state.wanted
        self.cluster.apply(folder)
        self.tell(f"Applied {wanted}")
        self._await_operator(wanted.operator)
        canaries = self._canaries()
        self.cluster.go_on([each for each in canaries if each.paused_by_us])
        self._await_tenants(canaries)
        self.smoke()
        self._look_at_errors(canaries)

    def _step_through(self):
        total = self.record.state.others
        for target in targets(self.terms.steps, total):
            left = self._left()
            batch = left[: max(0, target - (total - len(left)))]
            if batch:
                self.tell(f"Goes on to {', '.join(each.key for each in batch)}")
                self.cluster.go_on(batch)
                self._await_tenants(batch)
                self._look_at_errors([*self._canaries(), *self._gone_on()])
        # Those that came while it was done.
        self.cluster.go_on(self._left())

    def _left(self):
        """Those that wait for the release, the unwell last."""
        unwell = self.record.state.unwell
        return sorted((each for each in self._others() if each.paused_by_us), key=lambda each: each.key in unwell)

    def _gone_on(self):
        return [each for each in self._others() if not each.paused]

    def _await_tenants(self, tenants):
        keys = [each.key for each in tenants if each.key not in self.record.state.unwell]
        trouble, image = rollout.Trouble(), self.record.state.wanted.api
        self._wait("the roll-out of the API", lambda: self._tenants_lack(keys, image, trouble))

    def _tenants_lack(self, keys, image, trouble=None):
        """With trouble: raises Failed where it shows that they never will."""
        deployments = self.cluster.api_deployments()
        tenants = [each for each in self.cluster.tenants() if each.key in keys]
        if trouble:
            trouble.look([pod for pod in self.cluster.api_pods() if is_of(pod, keys)], image)
            for tenant in tenants:
                if tenant.stalled and tenant.up_to_date and image_at(deployments, tenant) == image:
                    raise Failed(f"{tenant.key} is stalled: {tenant.says}")
        for tenant in tenants:
            lacking = rollout.of_tenant(tenant, deployments.get(tenant.key), image)
            if lacking:
                return f"{tenant.key}: {lacking}"
        return None

    def _look_at_errors(self, tenants):
        """Takes a while: errors of a release may take some to show."""
        watch = burn.Watch(self.cluster)
        image, keys = self.record.state.wanted.api, [each.key for each in tenants]
        deadline = time.monotonic() + self.terms.watch
        while True:
            self.record.require_ours()
            pods = [pod for pod in self.cluster.api_pods() if is_of(pod, keys)]
            answers = watch.look(burn.ready_pods(pods, image))
            if burn.burns(answers, self.terms.burn_rate):
                raise Failed(f"errors burn the budget: {answers}, highest is {self.terms.burn_rate}")
            if time.monotonic() >= deadline:
                break
            time.sleep(self.terms.watch / LOOKS)
        if watch.saw_nothing():
            raise Failed(f"no pod's errors could be looked at: {watch.saw_nothing()}")
        self.tell(f"Errors: {answers}")

    def _await_operator(self, image, trouble=True):
        seen = rollout.Trouble() if trouble else None
        self._wait("the operator's roll-out", lambda: self._operator_lacks(image, seen))

    def _operator_lacks(self, image, trouble):
        deployment, pods = self.cluster.operator(), self.cluster.operator_pods()
        if trouble:
            trouble.look(pods, image)
            stuck = rollout.gave_up(deployment)
            if stuck:
                raise Failed(f"the operator's roll-out is stuck: {stuck}")
        # One that ends may still lead.
        return rollout.lacks(deployment, image) or rollout.others(pods, image)

    # --- back

    def _go_back(self, why):
        """Raises NeedsSomebody where that does not end well."""
        self.goes_back = True
        before = self.record.state.before
        self.tell(f"GOES BACK ({why}) to {before}")
        try:
            self.record.stage(stages.GOING_BACK)
            self.cluster.put_template(self.record.state.template)
            self._await_operator(before.operator, trouble=False)
            self.cluster.go_on([each for each in self.cluster.tenants() if each.paused_by_us])
            self._wait("the way back of all tenants", self._not_back)
            self.smoke()
            self.record.stage(stages.WENT_BACK)
        except (Failed, KubectlFailed, Refused) as e:
            raise NeedsSomebody(
                f"It went wrong ({why}), and so did the way back to {before}: {e}. Tenants that are paused by the release "
                "are served as they were; 'deploy status' names them. Mend what is named here, then 'deploy rollback' tries again"
            ) from e
        self.tell(f"Went back: everything runs {before}, and nothing is paused by a release")

    def _not_back(self):
        unwell = self.record.state.unwell
        keys = [each.key for each in self.cluster.tenants() if not each.paused and each.key not in unwell]
        return self._tenants_lack(keys, self.record.state.before.api)

    # --- both

    def _wait(self, what, lacking):
        """Until nothing lacks. Raises Failed where that takes too long."""
        seconds = BACK_SECONDS if self.goes_back else self.terms.timeout
        deadline, told = time.monotonic() + seconds, None
        while True:
            self.record.require_ours()
            try:
                missing = lacking()
            except KubectlFailed as e:
                missing = str(e)
            if missing is None:
                return
            if missing != told:
                self.tell(f"  waits for {what}: {missing}")
                told = missing
            if time.monotonic() > deadline:
                raise Failed(f"{what} did not end within {seconds:g} s: {missing}")
            time.sleep(POLL_SECONDS)

    def _canaries(self):
        """But for those that somebody has paused."""
        own = [each for each in self.cluster.tenants() if each.namespace == self.terms.canary]
        return [each for each in own if not each.paused or each.paused_by_us]

    def _others(self):
        return [each for each in self.cluster.tenants() if each.namespace != self.terms.canary]

    def _unwell(self):
        """A pause of ours keeps what Ready said before it."""
        return tuple(each.key for each in self.cluster.tenants() if not each.healthy)

    def _url(self, tenant):
        return self.terms.urls.get(tenant.name) or f"https://{tenant.host}"

    def _require_callable_canaries(self):
        canaries = self._canaries()
        if not canaries:
            raise Refused(
                f"no Tenant in namespace '{self.terms.canary}' that is not paused: a release has nothing to be tried on"
            )
        for tenant in canaries:
            if not tenant.host and tenant.name not in self.terms.urls:
                raise Refused(
                    f"{tenant.key} has no edge to be called by: say where it answers, --canary-url {tenant.name}=URL"
                )
        for name in self.terms.urls:
            if name not in {each.name for each in canaries}:
                raise Refused(
                    f"--canary-url names '{name}', which is no Tenant of '{self.terms.canary}' that is not paused"
                )

    def _require_well_canaries(self):
        unwell = [each for each in self._canaries() if not each.healthy]
        if unwell:
            raise Refused(
                f"{unwell[0].key} is not Ready ({unwell[0].says}): mend it first, or nothing can be seen of a release"
            )

    def _require_metrics(self):
        """Better now than after the first step."""
        pods = [pod for pod in self.cluster.api_pods() if burn.is_ready(pod)]
        try:
            for pod in pods[:1]:
                self.cluster.metrics(pod)
        except KubectlFailed as e:
            raise Refused(f"the metrics of pods cannot be read, for which 'get' on pods/proxy is needed: {e}") from None


def as_failure(error):
    """What ended a release: what it foresees, or any other error, which is a defect of this script."""
    if isinstance(error, Failed | KubectlFailed | Refused):
        return error if isinstance(error, Failed) else Failed(str(error))
    return Failed(f"unforeseen: {error!r}")


def is_of(pod, keys):
    metadata = pod["metadata"]
    return f"{metadata['namespace']}/{metadata['labels']['app.kubernetes.io/instance']}" in keys


def image_at(deployments, tenant):
    deployment = deployments.get(tenant.key)
    return image_of(deployment) if deployment else None


def targets(steps, total):
    """How many have the release after each step: rising, and all at last."""
    counts = (math.ceil(total * float(each[:-1]) / 100) if each.endswith("%") else int(each) for each in steps)
    rising = sorted({min(each, total) for each in counts} | {total})
    return [each for each in rising if each > 0]
