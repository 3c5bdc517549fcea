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
import java.util.UUID;

/** What is answered where something succeeded, as the contract names it. */
final class SeatAnswers {

  private SeatAnswers() {}

  private static String told(Instant borrowedUntil) {
    return borrowedUntil.truncatedTo(ChronoUnit.SECONDS).toString();
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
          signed.seat().borrowedUntil().map(SeatAnswers::told).orElse(null));
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
      List<String> entitlements) {

    static Borrowed of(SignedBorrow signed) {
      return new Borrowed(
          signed.seat().sessionId(),
          signed.token(),
          signed.expiresAt().toString(),
          signed.expiresInSeconds(),
          signed.seat().poolId(),
          signed.seat().product(),
          signed.seat().entitlements());
    }
  }

  /** The answer to heartbeat. */
  record Renewed(
      String status,
      String expiresAt,
      String signedToken,
      String keyStatement,
      long expiresInSeconds,
      long heartbeatAfterSeconds) {

    static Renewed of(SignedSeat signed) {
      return new Renewed(
          "ok",
          signed.expiresAt().toString(),
          signed.token(),
          signed.statement(),
          signed.expiresInSeconds(),
          signed.heartbeatAfterSeconds());
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
      long heartbeatAfterSeconds) {

    static RenewedOne of(SignedSeat signed) {
      Renewed renewed = Renewed.of(signed);
      return new RenewedOne(
          signed.seat().sessionId(),
          renewed.status(),
          renewed.expiresAt(),
          renewed.signedToken(),
          renewed.keyStatement(),
          renewed.expiresInSeconds(),
          renewed.heartbeatAfterSeconds());
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
      long expiresInSeconds) {

    static Valid of(Seat seat) {
      Instant end = SeatSigner.endOf(seat);
      return new Valid(
          true,
          seat.sessionId(),
          seat.poolId(),
          seat.product(),
          seat.entitlements(),
          end.toString(),
          Math.max(0, Duration.between(seat.grantedAt(), end).toSeconds()));
    }
  }

  /** The answer to validate. */
  record Invalid(boolean valid, String reason) {}

  /** The answer to release and return, and of the health routes. */
  record Status(String status) {}
}
