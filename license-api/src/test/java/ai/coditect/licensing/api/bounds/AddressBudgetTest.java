package ai.coditect.licensing.api.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.SetClock;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressBudgetTest {

  private static final int MANY = 1_000_000;
  private static final long MIB = 1024 * 1024;

  private final SetClock clock = new SetClock(Instant.parse("2026-11-30T12:00:00Z"));
  private final AddressBudget budget = new AddressBudget(10, clock);

  @Test
  void anAddressHasItsRequestsOfASecondAtOnceAndThenOneByOne() {
    var alice = InetAddress.ofLiteral("203.0.113.7");
    IntStream.range(0, 10).forEach(i -> assertThat(budget.take(alice).isAdmitted()).isTrue());

    var refused = budget.take(alice);
    assertThat(refused.isAdmitted()).isFalse();
    assertThat(refused.left()).isZero();
    assertThat(refused.untilNext()).isEqualTo(Duration.ofMillis(100));

    clock.move(refused.untilNext());
    assertThat(budget.take(alice).isAdmitted()).isTrue();
    assertThat(budget.take(alice).isAdmitted()).isFalse();
  }

  @Test
  void anotherAddressIsNotHeldBack() {
    exhaust("203.0.113.7");
    assertThat(isAdmitted("203.0.113.8")).isTrue();
    assertThat(isAdmitted("2001:db8::7")).isTrue();
  }

  /** Whoever has one IPv6 address has 2 to the 64 of them. */
  @Test
  void anIpv6NetworkIsOneAddress() {
    exhaust("2001:db8:1:2::7");
    assertThat(isAdmitted("2001:db8:1:2:ffff::1")).isFalse();
    assertThat(isAdmitted("2001:db8:1:3::7")).isTrue();
  }

  @Test
  void aMillionAddressesFillNoMemory() throws UnknownHostException {
    var busy = InetAddress.ofLiteral("203.0.113.7");
    long before = heapAlive();
    for (var i = 0; i < MANY; i++) {
      budget.take(InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(i).array()));
      budget.take(busy);
    }
    assertThat(heapAlive() - before).isLessThan(50 * MIB);
    assertThat(budget.remembered()).isLessThanOrEqualTo(AddressBudget.MAX_REMEMBERED);
    assertThat(budget.take(busy).isAdmitted()).as("who calls most is remembered").isFalse();
  }

  private static long heapAlive() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private void exhaust(String address) {
    while (isAdmitted(address)) {
      // Until it has none left.
    }
  }

  private boolean isAdmitted(String address) {
    return budget.take(InetAddress.ofLiteral(address)).isAdmitted();
  }
}
