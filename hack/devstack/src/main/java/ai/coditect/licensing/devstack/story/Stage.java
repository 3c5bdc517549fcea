package ai.coditect.licensing.devstack.story;

import java.nio.file.Path;

/**
 * What the story is played on.
 *
 * @param operatorStores the manifest of the Secret that tells the operator where its stores are
 */
public record Stage(Narrator narrator, Kubectl kubectl, Ledger ledger, Path operatorStores) {}
