package ai.coditect.licensing.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.operator.fakes.TestingRateLimits;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import org.junit.jupiter.api.Test;

class FenceTest {

  private static final Limits LIMITS = new Limits(new Rate(5, 2), new Rate(50, 20));

  private final TestingRateLimits store = new TestingRateLimits();

  @Test
  void storeIsCalledInTheTerm() {
    fenced(Term.unlimited()).setLimits("acme", LIMITS);
    assertThat(store.limits("acme")).contains(LIMITS);
  }

  @Test
  void storeIsNotCalledOutsideTheTerm() {
    var fenced = fenced(Term.limited());
    assertThatThrownBy(() -> fenced.setLimits("acme", LIMITS))
        .isInstanceOf(NotLeadingException.class);
    assertThat(store.limits("acme")).isEmpty();
  }

  @Test
  void whatTheStoreThrowsComesThroughAsItIs() {
    store.outage.begin();
    assertThatThrownBy(() -> fenced(Term.unlimited()).forget("acme"))
        .isInstanceOf(SeatIndexUnavailableException.class);
  }

  @Test
  void storeCanBeClosedAtAnyTime() {
    assertThatCode(() -> fenced(Term.limited()).close()).doesNotThrowAnyException();
  }

  private RateLimits fenced(Term term) {
    return new Fence(term).around(RateLimits.class, store);
  }
}
