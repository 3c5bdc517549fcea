package ai.coditect.licensing.crds;

/** What becomes of the records of a resource that is deleted. */
public enum DeletionPolicy {
  Retain,
  Delete
}
