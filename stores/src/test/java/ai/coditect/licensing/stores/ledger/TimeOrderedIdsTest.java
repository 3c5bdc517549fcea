package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {

  private static final Instant NOW = Instant.parse("2026-11-25T09:30:00.123456Z");

  /** As Postgres compares them: by their bytes. */
  private static final Comparator<UUID> IN_POSTGRES = Comparator.comparing(UUID::toString);

  private final TimeOrderedIds ids = new TimeOrderedIds(new SecureRandom());

  @Test
  void anIdIsAUuidOfVersion7() {
    var id = ids.at(NOW);
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void idsOfOneInstantDiffer() {
    var made = new HashSet<UUID>();
    for (var i = 0; i < 10_000; i++) {
      made.add(ids.at(NOW));
    }
    assertThat(made).hasSize(10_000);
  }

  @Test
  void idsInOrderAreUuidsOfVersion7ThatSortByInstantAndNumber() {
    var before = ids.inOrder(NOW.minusNanos(1_000), 0);
    for (var later : List.of(ids.inOrder(NOW, 0), ids.inOrder(NOW, 1), ids.inOrder(NOW, 9_000))) {
      assertThat(later.version()).isEqualTo(7);
      assertThat(later.variant()).isEqualTo(2);
      assertThat(IN_POSTGRES.compare(before, later)).isNegative();
      before = later;
    }
    assertThat(ids.inOrder(NOW, 0).getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void anIdTellsItsMillisecond() {
    assertThat(TimeOrderedIds.timeOf(ids.at(NOW))).contains(NOW.truncatedTo(ChronoUnit.MILLIS));
  }

  @Test
  void anIdOfAnotherVersionTellsNoTime() {
    assertThat(TimeOrderedIds.timeOf(UUID.randomUUID())).isEmpty();
  }

  @Test
  void idsSortByTheirMillisecond() {
    var first = TimeOrderedIds.first(NOW);
    assertThat(IN_POSTGRES.compare(first, ids.at(NOW))).isNegative();
    assertThat(IN_POSTGRES.compare(ids.at(NOW.minusMillis(1)), first)).isNegative();
  }
}
