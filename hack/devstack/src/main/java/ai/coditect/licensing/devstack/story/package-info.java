/** The first look: from a YAML file to a held seat, step by step, each step checked. */
package ai.coditect.licensing.devstack.story;
