/** Stands in for kube-proxy: a loopback port for each port of each Service. */
package ai.coditect.licensing.devstack.balancer;
