/** Stands in for a kubelet: runs the pods of one node as local processes. */
package ai.coditect.licensing.devstack.node;
