package ai.coditect.licensing.stores.seats;

/**
 * Redis: the user with which a tenant's pods log in. It reaches the tenant's own keys, by the few
 * commands that pods need.
 */
public interface SeatLogins extends AutoCloseable {

  /**
   * Makes the tenant's user as it must be. What somebody else gave it is taken away.
   *
   * @param password with which it logs in from now on
   * @param others what becomes of the passwords it had before
   * @throws SeatIndexUnavailableException where Redis is away
   */
  Outcome ensure(String tenantId, String password, Others others);

  /**
   * Removes the tenant's user, and turns out whoever is logged in with it; where Redis has no users
   * there is nothing to remove.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  void remove(String tenantId);

  @Override
  void close();

  /** The name of the tenant's user. */
  static String user(String tenantId) {
    return "tenant_" + tenantId;
  }

  /** What becomes of the passwords a user had before. */
  enum Others {
    /** They go on working, for pods that have not been replaced yet. */
    KEPT,

    /** They work no more, and whoever logged in by one of them is turned out. */
    ENDED
  }

  /** What Redis made of a wish. */
  enum Outcome {
    /** The user was as wished; of passwords it had before nothing is said. */
    UNCHANGED,

    /** The user was not there, did not know the password, or had other rights. */
    WRITTEN,

    /** This Redis has no users, as Memorystore for Redis. */
    WITHOUT_USERS,

    /** Redis does not let its caller make users. */
    REFUSED
  }
}
