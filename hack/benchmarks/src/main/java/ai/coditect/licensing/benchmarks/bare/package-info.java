/**
 * The yardstick: a server that does for an acquire and a release what must be done on the wire and
 * on disk, and nothing else.
 *
 * <p>It has the product's HTTP server and threads (Javalin on Jetty, virtual threads), one Redis
 * script for an acquire and one for a release, a group commit that is as durable and writes three
 * tables (slots, sessions, audit), an ES256 signature for each grant, and answers of the same size.
 *
 * <p>It leaves out what makes a product of it: tenants and their row-level security, licence keys,
 * callers' identity, rate limits, requests that are checked and named in logs, metrics, the lock on
 * the pool's row, one seat per holder, a limit that changes, recovery from anything (a slot that is
 * held, an index that is wrong, a batch that fails, a store that is away), sessions that are
 * explained, and KMS.
 */
package ai.coditect.licensing.benchmarks.bare;
