package ai.coditect.licensing.api.fakes;

import ai.coditect.licensing.stores.seats.Admission;
import ai.coditect.licensing.stores.seats.RateLimits;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers what it was told to, and writes down who was counted. */
public final class ScriptedRates implements RateLimits {

  public volatile Admission ofAcquires = Admission.UNCOUNTED;
  public volatile Admission ofHeartbeats = Admission.UNCOUNTED;
  public final List<String> counted = new CopyOnWriteArrayList<>();

  @Override
  public boolean setLimits(String tenantId, Limits limits) {
    throw new UnsupportedOperationException("the operator's");
  }

  @Override
  public void forget(String tenantId) {
    throw new UnsupportedOperationException("the operator's");
  }

  @Override
  public Admission acquire(String tenantId, String principal) {
    counted.add("acquire " + tenantId + " " + principal);
    return ofAcquires;
  }

  @Override
  public Admission heartbeats(String tenantId, String principal, int howMany) {
    counted.add("heartbeats " + tenantId + " " + principal + " " + howMany);
    return ofHeartbeats;
  }

  @Override
  public void close() {}
}
