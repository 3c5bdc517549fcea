package ai.coditect.licensing.kmsstandin;

import com.google.protobuf.Message;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What a test wants to go wrong, and what it wants to know. Each call takes at most one of the
 * faults that wait for its kind, in the order they were asked for. Safe for many threads.
 */
public final class Faults {

  private final Map<Rpc, Deque<Fault>> waiting = new EnumMap<>(Rpc.class);
  private final Map<Rpc, Integer> calls = new EnumMap<>(Rpc.class);
  private CompletableFuture<Void> generation = CompletableFuture.completedFuture(null);

  Faults() {}

  /** The next calls fail and do nothing. */
  public void fail(Rpc rpc, Status.Code code, int times) {
    add(rpc, new Fault.Refuse(code), times);
  }

  /** The next calls do what was asked, and then the caller sees UNAVAILABLE. */
  public void loseAnswer(Rpc rpc, int times) {
    add(rpc, new Fault.LoseAnswer(), times);
  }

  /** The next calls take this much longer. */
  public void delay(Rpc rpc, Duration delay, int times) {
    add(rpc, new Fault.Delay(delay), times);
  }

  /** The next answers arrive damaged. */
  public void damage(Rpc rpc, Damage damage, int times) {
    add(rpc, new Fault.Spoil(damage), times);
  }

  /** New versions stay in PENDING_GENERATION until {@link #releaseGeneration}. */
  public synchronized void holdGeneration() {
    generation = new CompletableFuture<>();
  }

  /** Lets the versions that were held back be generated. */
  public synchronized void releaseGeneration() {
    generation.complete(null);
  }

  /** Forgets all faults that wait and all calls that were counted. */
  public synchronized void clear() {
    waiting.clear();
    calls.clear();
    releaseGeneration();
  }

  /** How many calls of this kind arrived, those that failed included. */
  public synchronized int calls(Rpc rpc) {
    return calls.getOrDefault(rpc, 0);
  }

  /** How many calls arrived in all. */
  public synchronized int calls() {
    return calls.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized CompletableFuture<Void> generationAllowed() {
    return generation;
  }

  synchronized Fault next(Rpc rpc) {
    calls.merge(rpc, 1, Integer::sum);
    Deque<Fault> queue = waiting.getOrDefault(rpc, new ArrayDeque<>());
    return queue.isEmpty() ? new Fault.None() : queue.poll();
  }

  private synchronized void add(Rpc rpc, Fault fault, int times) {
    Deque<Fault> queue = waiting.computeIfAbsent(rpc, r -> new ArrayDeque<>());
    for (int i = 0; i < times; i++) {
      queue.add(fault);
    }
  }

  /** What befalls one call. */
  sealed interface Fault {

    /** Happens before the call is carried out. */
    default void before() {}

    /** Happens to its answer. */
    default Message after(Message answer) {
      return answer;
    }

    record None() implements Fault {}

    record Refuse(Status.Code code) implements Fault {
      @Override
      public void before() {
        throw code.toStatus().withDescription("Injected by a test").asRuntimeException();
      }
    }

    record LoseAnswer() implements Fault {
      @Override
      public Message after(Message answer) {
        throw Status.UNAVAILABLE.withDescription("Injected by a test").asRuntimeException();
      }
    }

    record Delay(Duration delay) implements Fault {
      @Override
      public void before() {
        try {
          Thread.sleep(delay);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw Status.CANCELLED.withCause(e).asRuntimeException();
        }
      }
    }

    record Spoil(Damage damage) implements Fault {
      @Override
      public Message after(Message answer) {
        return damage.to(answer);
      }
    }
  }
}
