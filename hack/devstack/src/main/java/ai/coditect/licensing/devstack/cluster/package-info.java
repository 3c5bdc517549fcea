/** What the process node and the balancer share: a view of the cluster, and ports to listen on. */
package ai.coditect.licensing.devstack.cluster;
