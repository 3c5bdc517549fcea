package ai.coditect.licensing.stores.ledger;

import java.sql.SQLException;

/** A slot that was locked is not what it was when it was locked; to be read again. */
final class ContestedSlotException extends SQLException {

  ContestedSlotException(int slots) {
    super(slots + " slots changed under their locks", "40001");
  }
}
