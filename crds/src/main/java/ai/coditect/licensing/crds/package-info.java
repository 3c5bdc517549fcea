/**
 * The contract with Kubernetes: records that mirror {@code config/crd}, which is the source of
 * truth.
 *
 * <p>Defaults live in the schema alone: what is read from an API server always has them. A
 * component that may be absent says so. A choice is null where its value is one that only a newer
 * version knows.
 */
package ai.coditect.licensing.crds;
