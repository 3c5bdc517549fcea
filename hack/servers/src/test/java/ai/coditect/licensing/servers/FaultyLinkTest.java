package ai.coditect.licensing.servers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that sends back what it is sent. */
class FaultyLinkTest {

  private static final int SOON_MILLIS = 200;
  private static final int IN_TIME_MILLIS = 10_000;

  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  /** An end of the server's has been closed. */
  private final CountDownLatch ended = new CountDownLatch(1);

  private ServerSocket echo;
  private FaultyLink link;

  @BeforeEach
  void open() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::serve);
    link = FaultyLink.to(echo.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    echo.close();
  }

  @Test
  void passesBytesOnBothWays() throws IOException {
    try (var client = connect()) {
      assertThat(ask(client, "hello")).isEqualTo("hello");
    }
    assertThat(link.fired()).isZero();
  }

  @Test
  void cutsWhatIsOpenAndTakesNewConnections() throws IOException {
    try (var client = connect()) {
      ask(client, "hello");
      link.cut();
      assertThatThrownBy(() -> ask(client, "again")).isInstanceOf(SocketException.class);
    }
    try (var client = connect()) {
      assertThat(ask(client, "hello")).isEqualTo("hello");
    }
    assertThat(link.fired()).isPositive();
  }

  @Test
  void cutsOneConnectionInTheMiddleOfAnAnswer() throws IOException {
    try (var client = connect()) {
      link.cutAfterReplies(3);
      assertBreaksThisAnswerOnly(client);
    }
  }

  @Test
  void swallowsAnswersWithoutAWord() throws IOException {
    try (var client = connect()) {
      link.swallowRepliesAfter(3);
      client.getOutputStream().write(HELLO);
      assertThat(client.getInputStream().readNBytes(3)).asString().isEqualTo("hel");
      client.setSoTimeout(SOON_MILLIS);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
    assertThat(link.fired()).isOne();
  }

  @Test
  void cutsTheAnswerThatSaysSomething() throws IOException {
    try (var client = connect()) {
      link.cutAtReply("lo", -1);
      assertThat(ask(client, "other")).isEqualTo("other");
      assertBreaksThisAnswerOnly(client);
    }
  }

  @Test
  void aConnectionThatLostBytesNeverSpeaksAgain() throws IOException {
    try (var client = connect()) {
      link.swallowFromReply("hello", 2);
      client.getOutputStream().write(HELLO);
      assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("he");
      link.heal();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    assertThat(link.fired()).isOne();
  }

  @Test
  void leavesTheServerInTheBeliefThatItsClientIsThere() throws Exception {
    try (var client = connect()) {
      ask(client, "hello");
      link.leaveHalfOpen();
      assertThatThrownBy(() -> ask(client, "again")).isInstanceOf(SocketException.class);
    }
    assertThat(ended.await(SOON_MILLIS, TimeUnit.MILLISECONDS)).as("server's end closed").isFalse();
    link.heal();
    assertThat(ended.await(IN_TIME_MILLIS, TimeUnit.MILLISECONDS)).as("healed").isTrue();
  }

  @Test
  void aConnectionThatFellSilentStaysSoWhileNewOnesSpeak() throws IOException {
    try (var client = connect()) {
      ask(client, "hello");
      link.fallSilent();
      client.getOutputStream().write(HELLO);
      client.setSoTimeout(SOON_MILLIS);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
    try (var client = connect()) {
      assertThat(ask(client, "hello")).isEqualTo("hello");
    }
    assertThat(link.fired()).isPositive();
  }

  @Test
  void whatAClientHasReadIsCounted() throws IOException {
    try (var client = connect()) {
      for (var bytes = 5; bytes <= 10_000; bytes += 5) {
        ask(client, "hello");
        assertThat(link.repliedBytes()).isEqualTo(bytes);
      }
    }
  }

  @Test
  void deliversWhatWasStalledOnceItHeals() throws IOException {
    try (var client = connect()) {
      link.stall();
      client.getOutputStream().write(HELLO);
      client.setSoTimeout(SOON_MILLIS);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout(IN_TIME_MILLIS);
      link.heal();
      assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
    }
    assertThat(link.fired()).isPositive();
  }

  @Test
  void delaysBothWays() throws IOException {
    try (var client = connect()) {
      link.delay(Duration.ofMillis(SOON_MILLIS));
      var began = System.nanoTime();
      ask(client, "hello");
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThanOrEqualTo(Duration.ofMillis(2L * SOON_MILLIS));
    }
  }

  @Test
  void turnsAwayWhoeverConnects() throws IOException {
    link.refuse();
    try (var client = connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(link.fired()).isOne();
  }

  private void assertBreaksThisAnswerOnly(Socket client) throws IOException {
    client.getOutputStream().write(HELLO);
    assertThatThrownBy(() -> client.getInputStream().readNBytes(5))
        .isInstanceOf(SocketException.class);
    assertThat(link.fired()).isOne();
    try (var another = connect()) {
      assertThat(ask(another, "hello")).isEqualTo("hello");
    }
  }

  private Socket connect() throws IOException {
    var client = new Socket(InetAddress.getLoopbackAddress(), link.port());
    client.setSoTimeout(IN_TIME_MILLIS);
    return client;
  }

  private static String ask(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
    var answer = client.getInputStream().readNBytes(text.length());
    if (answer.length < text.length()) {
      throw new SocketException("ended");
    }
    return new String(answer, US_ASCII);
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        var client = echo.accept();
        Thread.startVirtualThread(() -> echo(client));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void echo(Socket client) {
    try (client) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // The link broke it.
    } finally {
      ended.countDown();
    }
  }
}
