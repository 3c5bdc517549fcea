package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import ai.coditect.licensing.stores.seats.SeatLogins;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Users of a Redis in memory. */
public final class TestingSeatLogins implements SeatLogins {

  public final Outage outage =
      new Outage(() -> new SeatIndexUnavailableException("Connection refused", null));

  private final Map<String, Set<String>> passwords = new ConcurrentHashMap<>();
  private volatile Optional<Outcome> refusal = Optional.empty();

  /** With which the tenant's pods can log in. */
  public Set<String> passwords(String tenantId) {
    return passwords.getOrDefault(tenantId, Set.of());
  }

  /** Redis was restarted without its users. */
  public void lose() {
    passwords.clear();
  }

  /** From now on no users can be made, for this reason. */
  public void refuse(Outcome why) {
    refusal = Optional.of(why);
  }

  /** They can be made again. */
  public void allow() {
    refusal = Optional.empty();
  }

  @Override
  public Outcome ensure(String tenantId, String password, Others others) {
    outage.pass();
    return refusal.orElseGet(() -> put(tenantId, password, others));
  }

  private Outcome put(String tenantId, String password, Others others) {
    var before = passwords(tenantId);
    var after = new TreeSet<>(others == Others.KEPT ? before : Set.of());
    after.add(password);
    passwords.put(tenantId, after);
    return before.contains(password) ? Outcome.UNCHANGED : Outcome.WRITTEN;
  }

  @Override
  public void remove(String tenantId) {
    outage.pass();
    passwords.remove(tenantId);
  }

  @Override
  public void close() {}
}
