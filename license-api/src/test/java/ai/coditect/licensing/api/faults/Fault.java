package ai.coditect.licensing.api.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Everything that goes wrong, by kind. */
enum Fault {
  CLIENTS_CUT(Lane.WORLD, LinkFaults.onClients(LinkFaults::cut)),
  CLIENTS_ANSWER_CUT(Lane.WORLD, LinkFaults.onClients(LinkFaults::cutAnswer)),
  CLIENTS_ANSWERS_SWALLOWED(Lane.WORLD, LinkFaults.onClients(LinkFaults::swallowAnswers)),
  CLIENTS_STALLED(Lane.WORLD, LinkFaults.onClients(LinkFaults::stall)),
  CLIENTS_DELAYED(Lane.WORLD, LinkFaults.onClients(LinkFaults::delay)),
  CLIENTS_HALF_OPEN(Lane.WORLD, LinkFaults.onClients(LinkFaults::leaveHalfOpen)),

  REDIS_CUT(Lane.WORLD, LinkFaults.onRedis(LinkFaults::cut)),
  REDIS_ANSWER_CUT(Lane.WORLD, LinkFaults.onRedis(LinkFaults::cutShortAnswer)),
  REDIS_ANSWERS_SWALLOWED(Lane.WORLD, LinkFaults.onRedis(LinkFaults::swallowShortAnswers)),
  REDIS_STALLED(Lane.WORLD, LinkFaults.onRedis(LinkFaults::stall)),
  REDIS_DELAYED(Lane.WORLD, LinkFaults.onRedis(LinkFaults::delay)),
  REDIS_HALF_OPEN(Lane.WORLD, LinkFaults.onRedis(LinkFaults::leaveHalfOpen)),
  REDIS_FLUSHED(Lane.WORLD, StoreFaults::flushRedis),
  REDIS_KILLED(Lane.WORLD, StoreFaults::killRedis),
  REDIS_RESTORED_FROM_A_SNAPSHOT(Lane.WORLD, StoreFaults::restoreRedis),
  REDIS_REPLACED_BY_AN_EMPTY_ONE(Lane.WORLD, StoreFaults::replaceRedis),
  REDIS_CLOCK_AHEAD(Lane.WORLD, StoreFaults::redisClockAhead),
  REDIS_CLOCK_BEHIND(Lane.WORLD, StoreFaults::redisClockBehind),
  REDIS_LYING(Lane.WORLD, StoreFaults::lyingRedis),

  POSTGRES_CUT(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::cut)),
  POSTGRES_ANSWER_CUT(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::cutAnswer)),
  POSTGRES_ANSWERS_SWALLOWED(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::swallowAnswers)),
  POSTGRES_COMMIT_ANSWER_CUT(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::cutCommit)),
  POSTGRES_COMMIT_ANSWER_SWALLOWED(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::swallowCommit)),
  POSTGRES_STALLED(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::stall)),
  POSTGRES_DELAYED(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::delay)),
  POSTGRES_REFUSING(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::refuse)),
  POSTGRES_HALF_OPEN(Lane.WORLD, LinkFaults.onPostgres(LinkFaults::leaveHalfOpen)),
  POSTGRES_RESTARTED(Lane.WORLD, StoreFaults::restartPostgres),
  POSTGRES_CRASHED(Lane.WORLD, StoreFaults::crashPostgres),
  BACK_ENDS_ENDED(Lane.WORLD, StoreFaults::endBackEnds),
  BACK_END_KILLED(Lane.WORLD, StoreFaults::killBackEnd),

  PAUSED(Lane.PROCESS, ProcessFaults::pause),
  PAUSED_BEFORE_GRANT(Lane.PROCESS, ProcessFaults.pauseAt(Step.BEFORE_GRANT)),
  PAUSED_AFTER_GRANT(Lane.PROCESS, ProcessFaults.pauseAt(Step.AFTER_GRANT)),
  PAUSED_BEFORE_RENEWAL(Lane.PROCESS, ProcessFaults.pauseAt(Step.BEFORE_RENEWAL)),
  PAUSED_AFTER_RENEWAL(Lane.PROCESS, ProcessFaults.pauseAt(Step.AFTER_RENEWAL)),
  KILLED(Lane.PROCESS, ProcessFaults::kill),
  KILLED_BEFORE_GRANT(Lane.PROCESS, ProcessFaults.killAt(Step.BEFORE_GRANT)),
  KILLED_AFTER_GRANT(Lane.PROCESS, ProcessFaults.killAt(Step.AFTER_GRANT)),
  KILLED_AFTER_INDEX_TOLD(Lane.PROCESS, ProcessFaults.killAt(Step.AFTER_INDEX_TOLD)),
  KILLED_IN_INDEX_LOAD(Lane.PROCESS, ProcessFaults::killInIndexLoad),
  KILLED_BEFORE_RENEWAL(Lane.PROCESS, ProcessFaults.killAt(Step.BEFORE_RENEWAL)),
  KILLED_AFTER_RENEWAL(Lane.PROCESS, ProcessFaults.killAt(Step.AFTER_RENEWAL)),
  KILLED_BEFORE_RELEASE(Lane.PROCESS, ProcessFaults.killAt(Step.BEFORE_RELEASE)),
  KILLED_AFTER_RELEASE(Lane.PROCESS, ProcessFaults.killAt(Step.AFTER_RELEASE)),
  KILLED_BEFORE_PUBLICATION(Lane.PROCESS, ProcessFaults.killAtStart(Step.BEFORE_PUBLICATION)),
  KILLED_AFTER_PUBLICATION(Lane.PROCESS, ProcessFaults.killAtStart(Step.AFTER_PUBLICATION)),
  KILLED_IN_DRAIN(Lane.PROCESS, ProcessFaults::killInDrain),
  ROLLED_OVER(Lane.PROCESS, ProcessFaults::rollOver),
  POD_CLOCK_JUMPED(Lane.PROCESS, ProcessFaults::jumpClock),
  CERTIFIED_BY_A_WRONG_CLOCK(Lane.PROCESS, ProcessFaults::certifyByWrongClock);

  /** Faults of two lanes befall at the same time. */
  enum Lane {
    /** Befalls one pod's process. */
    PROCESS,
    /** Befalls a store, or the ways to a pod. */
    WORLD;

    List<Fault> faults() {
      return Arrays.stream(Fault.values()).filter(fault -> fault.lane == this).toList();
    }
  }

  /** How a fault comes about. */
  @FunctionalInterface
  interface Act {

    /**
     * Lets it happen to the pod, and ends it.
     *
     * @return what happened; empty where nothing did
     */
    Optional<String> befall(Scene scene, Pod pod, Random random) throws InterruptedException;
  }

  private final Lane lane;

  // Each act is a function without state.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Act act;

  Fault(Lane lane, Act act) {
    this.lane = lane;
    this.act = act;
  }

  Optional<String> befall(Scene scene, Pod pod, Random random) throws InterruptedException {
    return act.befall(scene, pod, random);
  }
}
