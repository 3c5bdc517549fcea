package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.AddressBudget.Take;
import ai.coditect.licensing.stores.seats.Admission;
import ai.coditect.licensing.stores.seats.Admission.Quota;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The fields {@code RateLimit-Policy} and {@code RateLimit}: what limits hold, and what is left.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">RateLimit
 *     header fields for HTTP, draft 11</a>
 */
record RateLimitFields(List<Policy> policies) {

  private static final int WINDOW_SECONDS = 1;

  static RateLimitFields of(Budget budget, Admission admission) {
    return new RateLimitFields(
        admission.quotas().stream()
            .map(quota -> policy(budget, quota, seconds(admission.untilNext())))
            .toList());
  }

  static RateLimitFields ofAddress(Budget budget, int perSecond, Take take) {
    return new RateLimitFields(
        List.of(
            new Policy(
                budget.label() + "-of-address",
                perSecond,
                take.left(),
                seconds(take.untilNext()))));
  }

  /** Writes nothing where nothing is limited. */
  void writeTo(Context ctx) {
    if (policies.isEmpty()) {
      return;
    }
    ctx.header("RateLimit-Policy", list(Policy::quota));
    ctx.header("RateLimit", list(Policy::standing));
  }

  private String list(Function<Policy, String> item) {
    return policies.stream().map(item).collect(Collectors.joining(", "));
  }

  private static Policy policy(Budget budget, Quota quota, long seconds) {
    String of = "-of-" + quota.scope().name().toLowerCase(Locale.ROOT);
    return new Policy(budget.label() + of, quota.perSecond(), quota.left(), seconds);
  }

  private static long seconds(Duration untilNext) {
    return Math.max(1, untilNext.plusSeconds(1).minusNanos(1).toSeconds());
  }

  /**
   * One limit.
   *
   * @param left what may still be asked for
   * @param seconds until it is whole again
   */
  private record Policy(String name, long perSecond, long left, long seconds) {

    String quota() {
      return "\"" + name + "\";q=" + perSecond + ";w=" + WINDOW_SECONDS;
    }

    String standing() {
      return "\"" + name + "\";r=" + left + ";t=" + seconds;
    }
  }
}
