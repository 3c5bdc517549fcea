/**
 * The yardstick: a server that does for an acquire and a release what must be done on the wire and
 * on disk, and nothing else.
 *
 * <p>It has the product's HTTP server and threads (Javalin on Jetty, virtual threads), its scripts
 * in Redis and the way they are called, a group commit that is as durable and writes the same three
 * tables (slots, sessions, audit) with their indexes, partitions and row-level security, an ES256
 * signature for each grant, and answers of the same size.
 *
 * <p>It leaves out what makes a product of it: licence keys, callers' identity, rate limits,
 * requests that are checked and named in logs, metrics, a look at what a call touches before it is
 * decided, the pool's lock, its state and validity, a limit that changes, recovery from anything (a
 * slot that is held, an index that is wrong, a batch that fails, a store that is away), sessions
 * that are explained, repeated requests, and KMS.
 */
package ai.coditect.licensing.benchmarks.bare;
