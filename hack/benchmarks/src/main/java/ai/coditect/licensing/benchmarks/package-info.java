/**
 * Measures the licence API as it is deployed: its own process, real Postgres and Redis, load from
 * outside over HTTP.
 */
package ai.coditect.licensing.benchmarks;
