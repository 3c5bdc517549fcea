/**
 * Starts real Postgres, Redis and Kubernetes servers on this machine, for tests and the devstack.
 *
 * <p>Each server binds loopback only, keeps its data in the folder it is given and its log in a
 * file there, and first ends what an earlier, killed run left over on the same folder.
 */
package ai.coditect.licensing.servers;
