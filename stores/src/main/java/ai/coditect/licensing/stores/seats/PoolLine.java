package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * One pool's traffic with Redis on the hot path: news of slots and choices, a call for each kind
 * and flight. News goes first, so that a slot that was given back before somebody asked for one is
 * known to be free.
 */
final class PoolLine {

  /**
   * Longer than a grant takes, short enough that a caller who died costs nobody a seat for long.
   */
  private static final Duration SET_ASIDE = Duration.ofSeconds(2);

  /** Held slots that one call steps over before it is asked again: a millisecond or two. */
  private static final int STEPS = 2_000;

  /** Calls for one choice before it is left to the ledger. */
  private static final int CALLS = 8;

  /** A script works on this many without keeping others waiting: a fraction of a millisecond. */
  private static final int SEATS_OF_FLIGHT = 128;

  /** Whoever comes when so many wait is not kept waiting for Redis. */
  private static final int ROOM = 10_000;

  private final Scripts redis;
  private final String[] keys;
  private final Waiting waits;
  private final Line<Errand> line;

  /** Whether Redis was told something, so that it knows the script for it. */
  private volatile boolean hasTold;

  PoolLine(Scripts redis, Waiting waits, String[] keys) {
    this.redis = redis;
    this.waits = waits;
    this.keys = keys;
    this.line = new Line<>(SEATS_OF_FLIGHT, ROOM, this::fly);
  }

  /** Proposes a slot, as {@link SeatIndex#choose}. */
  Choice choose(String holder) {
    var deadline = waits.nanoTime() + redis.patience().toNanos();
    for (var call = 0; call < CALLS && waits.nanoTime() - deadline < 0; call++) {
      var question = new Errand.Question(Told.abbreviated(holder), new CompletableFuture<>());
      if (!line.join(question)) {
        return new Choice.Away();
      }
      var choice = await(question.answer(), deadline);
      if (choice.isPresent()) {
        return choice.get();
      }
    }
    return new Choice.Away();
  }

  /** Says what became of a slot; it is lost where too much waits. */
  void held(HeldSlot slot) {
    line.join(new Errand.News(Told.held(slot, waits.nanoTime())));
  }

  /** As {@link #held}. */
  void freed(int slot, long slotGeneration) {
    line.join(new Errand.News(Told.freed(slot, slotGeneration, waits.nanoTime())));
  }

  private Optional<Choice> await(CompletableFuture<Optional<Choice>> answer, long deadlineNanos) {
    try {
      return waits.get(answer, Duration.ofNanos(deadlineNanos - waits.nanoTime()));
    } catch (TimeoutException _) {
      return left(answer);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return left(answer);
    } catch (ExecutionException e) {
      throw new IllegalStateException("A question never ends by an exception", e);
    }
  }

  private static Optional<Choice> left(CompletableFuture<Optional<Choice>> answer) {
    answer.complete(Optional.of(new Choice.Away()));
    return Optional.of(new Choice.Away());
  }

  private CompletableFuture<?> fly(List<Errand> errands) {
    var news = new LinkedHashMap<Integer, Told>();
    var questions = new ArrayList<Errand.Question>();
    for (var errand : errands) {
      switch (errand) {
        case Errand.News(Told told) -> news.merge(told.slot(), told, Told::later);
        case Errand.Question question when question.answer().isDone() -> {
          // Its caller has left: no slot is set aside for nobody.
        }
        case Errand.Question question -> questions.add(question);
      }
    }
    var told = tell(List.copyOf(news.values()));
    // A script that its server does not know yet is sent anew, and overtaken by what left
    // meanwhile.
    var asked = hasTold ? ask(questions) : told.thenCompose(_ -> ask(questions));
    return CompletableFuture.allOf(told, asked);
  }

  private CompletableFuture<?> tell(List<Told> news) {
    if (news.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    var values = new ArrayList<String>(4 * news.size());
    news.forEach(told -> told.write(values::add, waits.nanoTime()));
    // What Redis misses while it is away it learns when the pool is loaded, or a slot is refused.
    return redis
        .tell(Script.TELL, keys, values.toArray(String[]::new))
        .thenAccept(_ -> hasTold = true)
        .exceptionally(_ -> null);
  }

  private CompletableFuture<?> ask(List<Errand.Question> questions) {
    if (questions.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    var values = new ArrayList<String>(2 + questions.size());
    values.add(Long.toString(SET_ASIDE.toMillis()));
    values.add(Integer.toString(STEPS));
    questions.forEach(question -> values.add(question.holder()));
    return redis
        .ask(Script.CHOOSE, keys, values.toArray(String[]::new))
        .handle(
            (answers, failure) -> {
              answer(questions, failure == null ? answers : null);
              return null;
            });
  }

  private static void answer(List<Errand.Question> questions, List<Object> answers) {
    for (var i = 0; i < questions.size(); i++) {
      var choice =
          switch (answers) {
            case null -> Optional.<Choice>of(new Choice.Away());
            case List<Object> none when none.isEmpty() ->
                Optional.<Choice>of(new Choice.NotLoaded());
            default -> choice((String) answers.get(2 * i), (Long) answers.get(2 * i + 1));
          };
      questions.get(i).answer().complete(choice);
    }
  }

  /** Empty where the script wants to be asked again. */
  private static Optional<Choice> choice(String what, long number) {
    return switch (what) {
      case "own" -> Optional.of(new Choice.Own((int) number));
      case "free" -> Optional.of(new Choice.Free((int) number));
      case "full" -> Optional.of(new Choice.Full(slot(number)));
      case "load" -> Optional.of(new Choice.NotLoaded());
      case "ask" -> Optional.empty();
      default -> throw new IllegalArgumentException("No answer of the script: " + what);
    };
  }

  private static OptionalInt slot(long number) {
    return number == 0 ? OptionalInt.empty() : OptionalInt.of((int) number);
  }

  /** What waits in the line. */
  private sealed interface Errand {
    record News(Told told) implements Errand {}

    record Question(String holder, CompletableFuture<Optional<Choice>> answer) implements Errand {}
  }
}
