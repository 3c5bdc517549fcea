package ai.coditect.licensing.stores.ledger;

import java.util.List;
import java.util.Optional;

/**
 * A page of the seats that are held.
 *
 * @param next asks for the page after this one, which may have fewer seats than were asked for;
 *     empty after the last one
 */
public record HeldSeats(List<HeldSeat> seats, Optional<HeldSeat.Position> next) {

  public HeldSeats {
    seats = List.copyOf(seats);
  }
}
