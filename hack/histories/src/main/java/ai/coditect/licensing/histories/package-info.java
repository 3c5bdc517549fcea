/**
 * What the clients of one pool were told, and whether the seat promise (docs/seat-protocol.md) was
 * kept by it. Knows nothing of servers: only what clients can see counts.
 */
package ai.coditect.licensing.histories;
