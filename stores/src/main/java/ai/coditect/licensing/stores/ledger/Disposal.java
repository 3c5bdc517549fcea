package ai.coditect.licensing.stores.ledger;

/** What becomes of records whose custom resource was deleted. */
public enum Disposal {
  /** The rows stay, out of service, until a resource adopts them. */
  RETAIN,
  /** The rows are deleted. */
  DELETE
}
