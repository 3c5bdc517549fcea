package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.signing.ModelSigners;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.simulator.Timeline.Host;
import ai.coditect.licensing.stores.ledger.ModelPostgres;
import ai.coditect.licensing.stores.seats.LuaEngine;
import ai.coditect.licensing.stores.seats.ModelRedis;
import ai.coditect.licensing.stores.seats.ModelScripts;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** What all actors of one run share. */
final class World {

  static final String TENANT = "acme";
  static final String POOL = "cad";
  static final String KEY = "key";
  static final PoolRef REF = new PoolRef(TENANT, POOL);
  static final int SEATS = 3;
  static final Duration LEASE = Duration.ofSeconds(10);

  /** A token ends two seconds before its lease, and at a whole second. */
  static final Duration BEYOND_PROOF = Duration.ofSeconds(3);

  /** A call that its pod has given up, or died over, may still be done until then. */
  static final Duration LATE = Duration.ofSeconds(3);

  final Random random;
  final Timeline timeline;
  final Faults faults;
  final Mutant mutant;
  final ModelPostgres postgres;
  final ModelRedis redis;
  final Parts parts;

  /** The licence's end, where it has one. */
  Optional<Licence> licence = Optional.empty();

  World(long seed, Mutant mutant, Journal journal, Parts parts) {
    this.random = new Random(seed);
    this.timeline = new Timeline(new Random(random.nextLong()), journal);
    this.faults = new Faults(new Random(random.nextLong()));
    this.mutant = mutant;
    this.postgres = new ModelPostgres(timeline, faults, new Random(random.nextLong()));
    this.redis = new ModelRedis(timeline);
    this.parts = parts;
    postgres.addPool(POOL, SEATS, LEASE, applicant("").licenseKeySha256Hex());
  }

  /** A process's index. */
  SeatIndex index(Host host) {
    return ModelScripts.index(parts.lua(), redis, timeline, host, faults, random);
  }

  static Applicant applicant(String holder) {
    return Applicant.of(TENANT, KEY, holder, "");
  }

  /** Between the two. */
  Duration between(Duration least, Duration most) {
    return least.plusNanos((long) (random.nextDouble() * most.minus(least).toNanos()));
  }

  /**
   * A licence that ends.
   *
   * @param since from when on the ledger has known it
   */
  record Licence(Instant since, Instant end) {

    /** Of a span that ends now. */
    boolean isKnownThroughout(Span span) {
      return span.asked().isAfter(since);
    }
  }

  /** What takes time to make and is the same for all runs. */
  record Parts(LuaEngine lua, ModelSigners signers) {}
}
