/** What the process node and the balancer share: a view of the cluster. */
package ai.coditect.licensing.devstack.cluster;
