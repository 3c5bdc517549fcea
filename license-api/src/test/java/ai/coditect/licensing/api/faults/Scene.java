package ai.coditect.licensing.api.faults;

import java.time.Duration;

/**
 * Where faults happen.
 *
 * @param database of the tenant
 * @param lease of a seat
 */
record Scene(
    PostgresUnderFire postgres,
    RedisUnderFire redis,
    String database,
    Duration lease,
    Disturbances disturbances) {}
