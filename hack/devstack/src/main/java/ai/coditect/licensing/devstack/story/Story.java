package ai.coditect.licensing.devstack.story;

import ai.coditect.licensing.devstack.story.LicenseApi.Answer;
import ai.coditect.licensing.tokens.Verdict;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** From a YAML file to a held seat, and on to a seat that a crashed program gives back. */
public final class Story {

  private static final String HELD =
      "SELECT pool_id AS pool, slot_no AS slot, slot_generation AS generation, session_id,"
          + " date_trunc('second', lease_until) AS lease_until"
          + " FROM licensing.session_history WHERE pool_id = 'cad' AND ended_at IS NULL ORDER BY slot_no";

  /** A lease of cad, and then some. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(7);

  private final Stage stage;
  private final Narrator narrator;
  private final Installation installation;
  private final List<Answer> seats = new ArrayList<>();

  private LicenseApi api;
  private LicenseKey cad;

  public Story(Stage stage) {
    this.stage = stage;
    this.narrator = stage.narrator();
    this.installation = new Installation(stage);
  }

  /**
   * The beginning: all that a program needs to get a seat.
   *
   * @return where the tenant's API is
   * @throws StoryFailedException at the first step that does not go as it must
   */
  public URI install() {
    narrator.step("Install the custom resources and the operator", installation::installOperator);
    narrator.step("Tell the operator where its stores are", installation::tellOperatorItsStores);
    narrator.step("Apply a tenant and its pools of seats", installation::applySamples);
    narrator.step("Find the tenant's API", () -> api = installation.findApi());
    return api.endpoint();
  }

  /**
   * Plays the rest, each step checked.
   *
   * @throws StoryFailedException at the first step that does not go as it must
   */
  public void play() {
    narrator.step("Read the licence key of pool cad", () -> cad = installation.readKey("cad"));
    giveBackWhatAnEarlierRunHeld();
    narrator.step("Acquire a seat", () -> acquire("workstation-1"));
    narrator.say(
        "   the first seat, %.1f s after the start".formatted(narrator.elapsed().toMillis() / 1e3));
    narrator.step("Read the token, and prove it without a network", this::verifyOffline);
    narrator.step("Keep the seat with a heartbeat", this::heartbeat);
    narrator.step("Fill the pool", this::fill);
    narrator.step("Be refused a fourth seat", this::beRefused);
    narrator.step("Buy a fourth seat, and get it", this::growAndAcquire);
    narrator.step("Look at the sessions in Postgres", this::lookIntoLedger);
    narrator.step("Release the seats", this::release);
    narrator.step("Kill a program, and see its seat come back", this::crash);
  }

  /** So that the story is the same whatever state an earlier run was left in. */
  private void giveBackWhatAnEarlierRunHeld() {
    var held = stage.ledger().sessions("cad");
    if (!held.isEmpty()) {
      narrator.step(
          "Give back the seats of cad that an earlier run held",
          () -> {
            for (var session : held) {
              api.giveBack(session);
            }
          });
    }
    stage
        .ledger()
        .takenUntil("cad")
        .ifPresent(
            until ->
                narrator.step(
                    "Wait for the seats of the cad that was deleted", () -> awaitSeats(until)));
  }

  /** Nobody can give them back. */
  private void awaitSeats(Instant until) throws InterruptedException {
    var wait = Duration.between(Instant.now(), until);
    if (wait.compareTo(LONGEST_WAIT) > 0) {
      throw new StoryFailedException(
          "seats of the pool cad were borrowed before it was deleted, and stay taken until %s: begin anew with hack/quickstart --clean"
              .formatted(until));
    }
    narrator.say(
        "Programs held them when it was deleted; their tokens end in %d s."
            .formatted(wait.toSeconds()));
    while (stage.ledger().takenUntil("cad").isPresent()) {
      Thread.sleep(200);
    }
  }

  private void acquire(String hardware) throws IOException, InterruptedException {
    seats.add(api.acquire(cad, hardware).expect(200));
  }

  private void verifyOffline() throws IOException, InterruptedException {
    var token = seats.getFirst().text("signed_token");
    var statement = seats.getFirst().text("key_statement");
    narrator.say("With the answer's signed_token in TOKEN:");
    narrator.command(
        "for part in 1 2; do cut -d. -f$part <<<\"$TOKEN\" | tr '_-' '/+' | base64 -d 2>/dev/null; done");
    narrator.say(OfflineCheck.header(token));
    narrator.say(OfflineCheck.claims(token));
    var check = new OfflineCheck(installation.pinnedRoots());
    narrator.say(
        "SeatVerifier.pinnedTo(roots).verify(token, statement, now), of module tokens, says:");
    switch (check.verify(token, statement)) {
      case Verdict.Valid(var seat) ->
          narrator.say(
              "  valid: slot %d of pool %s until %s"
                  .formatted(seat.slot(), seat.pool(), seat.expiresAt()));
      case Verdict.Invalid(var reason, var detail) ->
          throw new StoryFailedException(
              "expected a valid token, found %s: %s".formatted(reason, detail));
    }
    var forged = check.verify(OfflineCheck.forged(token), statement);
    StoryFailedException.unless(
        forged instanceof Verdict.Invalid, "a forged token to be refused", forged);
    narrator.say("  with another slot written into the token: " + forged);
  }

  private void heartbeat() throws IOException, InterruptedException {
    api.heartbeat(seats.getFirst().text("session_id")).expect(200);
  }

  private void fill() throws IOException, InterruptedException {
    acquire("workstation-2");
    acquire("workstation-3");
  }

  private void beRefused() throws IOException, InterruptedException {
    var refused = api.acquire(cad, "workstation-4").expect(409);
    var type = refused.text("type");
    StoryFailedException.unless(
        type.endsWith(":pool-exhausted"), "the reason pool-exhausted", type);
  }

  private void growAndAcquire() throws IOException, InterruptedException {
    installation.scaleCad(4);
    acquire("workstation-4");
  }

  private void lookIntoLedger() throws SQLException {
    var held = stage.ledger().show(HELD);
    StoryFailedException.unless(held.size() == 4, "4 held seats", held.size());
  }

  private void release() throws IOException, InterruptedException {
    for (var seat : seats) {
      var released = api.release(seat.text("session_id")).expect(200);
      StoryFailedException.unless(
          "released".equals(released.text("status")), "status released", released);
    }
    StoryFailedException.unless(
        stage.ledger().sessions("cad").isEmpty(), "no held seat of cad", "some");
  }

  private void crash() throws Exception {
    var render = installation.readKey("render");
    new Crash(stage, api, render).play();
  }
}
