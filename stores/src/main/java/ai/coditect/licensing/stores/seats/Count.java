package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.Admission.Quota;
import ai.coditect.licensing.stores.seats.Admission.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What Redis counted in one go, for several principals.
 *
 * @param numbers as {@code admit.lua} gives them; nothing where there are no limits
 */
record Count(List<Long> numbers) {

  private static final int OF_TENANT = 4;
  private static final int OF_PRINCIPAL = 2;

  static Count of(List<Object> answer) {
    return new Count(answer.stream().map(Long.class::cast).toList());
  }

  boolean isUnlimited() {
    return numbers.isEmpty();
  }

  /** How many of the requests of the n-th principal, which are so many, may go on. */
  long admitted(int principal, int requests) {
    return isUnlimited() ? requests : numbers.get(OF_TENANT + OF_PRINCIPAL * principal);
  }

  /** What a request of the n-th principal is told that may go on. */
  Admission admission(int principal, boolean isNamed) {
    return isUnlimited()
        ? Admission.UNCOUNTED
        : new Admission(Optional.empty(), untilNext(), quotas(principal, isNamed));
  }

  /** What a request of the n-th principal is told that may not. */
  Admission refusal(int principal, boolean isNamed) {
    var by = isNamed && left(principal) == 0 ? Scope.PRINCIPAL : Scope.TENANT;
    return new Admission(Optional.of(by), untilNext(), quotas(principal, isNamed));
  }

  private List<Quota> quotas(int principal, boolean isNamed) {
    var ofTenant = new Quota(Scope.TENANT, numbers.get(0), numbers.get(1));
    return isNamed
        ? List.of(ofTenant, new Quota(Scope.PRINCIPAL, numbers.get(2), left(principal)))
        : List.of(ofTenant);
  }

  private long left(int principal) {
    return numbers.get(OF_TENANT + OF_PRINCIPAL * principal + 1);
  }

  private Duration untilNext() {
    return Duration.ofMillis(numbers.get(OF_TENANT - 1));
  }
}
