package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarmUpTest {

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void aWildcardIsReachedByLoopback(String host) {
    assertThat(WarmUp.reach(host, 8080))
        .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080));
  }

  @Test
  void anAddressIsReachedByItself() {
    assertThat(WarmUp.reach("127.0.0.2", 8080)).isEqualTo(new InetSocketAddress("127.0.0.2", 8080));
  }
}
