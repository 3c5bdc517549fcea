/**
 * Answers the gRPC of Cloud KMS on one machine, so that the production client can be run and tested
 * without Google. It keeps private keys in files in the clear: never use it for anything real.
 */
package ai.coditect.licensing.kmsstandin;
