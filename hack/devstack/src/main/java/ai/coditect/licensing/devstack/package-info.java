/** The whole platform on one machine: for a first look, and for tests of the whole. */
package ai.coditect.licensing.devstack;
