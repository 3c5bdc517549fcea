package ai.coditect.licensing.devstack.story;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShellTest {

  @Test
  void leavesAPlainWordAsItIs() {
    assertThat(Shell.quote("lpool/cad")).isEqualTo("lpool/cad");
  }

  @Test
  void quotesAPathWithBlanks() {
    assertThat(Shell.quote("/a path/it's")).isEqualTo("'/a path/it'\\''s'");
  }

  @Test
  void quotesTheEmptyWord() {
    assertThat(Shell.quote("")).isEqualTo("''");
  }
}
