package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.SignedBorrow;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.stores.ledger.Seat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What is answered where something succeeded, as the contract names it. */
final class SeatAnswers {

  private SeatAnswers() {}

  /** Null where there is none, and then it is left out. */
  private static String told(Optional<Instant> end) {
    return end.map(instant -> instant.truncatedTo(ChronoUnit.SECONDS).toString()).orElse(null);
  }

  /** The answer to acquire. */
  record Acquired(
      UUID sessionId,
      String signedToken,
      String keyStatement,
      String expiresAt,
      long expiresInSeconds,
      long heartbeatAfterSeconds,
      String pool,
      String product,
      List<String> entitlements,
      @JsonInclude(JsonInclude.Include.NON_NULL) String licenseExpiresAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) String borrowedUntil) {

    static Acquired of(SignedSeat signed) {
      return new Acquired(
          signed.seat().sessionId(),
          signed.token(),
          signed.statement(),
          signed.expiresAt().toString(),
          signed.expiresInSeconds(),
          signed.heartbeatAfterSeconds(),
          signed.seat().poolId(),
          signed.seat().product(),
          signed.seat().entitlements(),
          told(signed.seat().licenseEnd()),
          told(signed.seat().borrowedUntil()));
    }
  }

  /** The answer to borrow. */
  record Borrowed(
      UUID sessionId,
      String signedToken,
      String expiresAt,
      long expiresInSeconds,
      String pool,
      String product,
      List<String> entitlements,
      @JsonInclude(JsonInclude.Include.NON_NULL) String licenseExpiresAt) {

    static Borrowed of(SignedBorrow signed) {
      return new Borrowed(
          signed.seat().sessionId(),
          signed.token(),
          signed.expiresAt().toString(),
          signed.expiresInSeconds(),
          signed.seat().poolId(),
          signed.seat().product(),
          signed.seat().entitlements(),
          told(signed.seat().licenseEnd()));
    }
  }

  /** The answer to heartbeat. */
  record Renewed(
      String status,
      String expiresAt,
      String signedToken,
      String keyStatement,
      long expiresInSeconds,
      long heartbeatAfterSeconds,
      @JsonInclude(JsonInclude.Include.NON_NULL) String licenseExpiresAt) {

    static Renewed of(SignedSeat signed) {
      return new Renewed(
          "ok",
          signed.expiresAt().toString(),
          signed.token(),
          signed.statement(),
          signed.expiresInSeconds(),
          signed.heartbeatAfterSeconds(),
          told(signed.seat().licenseEnd()));
    }
  }

  /** One of the answers to heartbeats. */
  record RenewedOne(
      UUID sessionId,
      String status,
      String expiresAt,
      String signedToken,
      String keyStatement,
      long expiresInSeconds,
      long heartbeatAfterSeconds,
      @JsonInclude(JsonInclude.Include.NON_NULL) String licenseExpiresAt) {

    static RenewedOne of(SignedSeat signed) {
      Renewed renewed = Renewed.of(signed);
      return new RenewedOne(
          signed.seat().sessionId(),
          renewed.status(),
          renewed.expiresAt(),
          renewed.signedToken(),
          renewed.keyStatement(),
          renewed.expiresInSeconds(),
          renewed.heartbeatAfterSeconds(),
          renewed.licenseExpiresAt());
    }
  }

  /** One of the answers to heartbeats. */
  record RefusedOne(UUID sessionId, String status, Map<String, Object> problem) {

    static RefusedOne of(UUID sessionId, Problem problem) {
      return new RefusedOne(sessionId, "refused", Answers.members(problem));
    }
  }

  /** The answer to validate. */
  record Valid(
      boolean valid,
      UUID sessionId,
      String pool,
      String product,
      List<String> entitlements,
      String expiresAt,
      long expiresInSeconds,
      @JsonInclude(JsonInclude.Include.NON_NULL) String licenseExpiresAt) {

    static Valid of(Seat seat) {
      Instant end = SeatSigner.endOf(seat);
      return new Valid(
          true,
          seat.sessionId(),
          seat.poolId(),
          seat.product(),
          seat.entitlements(),
          end.toString(),
          Math.max(0, Duration.between(seat.grantedAt(), end).toSeconds()),
          told(seat.licenseEnd()));
    }
  }

  /** The answer to validate. */
  record Invalid(boolean valid, String reason) {}

  /** The answer to release and return, and of the health routes. */
  record Status(String status) {}
}
