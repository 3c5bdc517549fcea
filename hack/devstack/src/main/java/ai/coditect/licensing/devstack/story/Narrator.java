package ai.coditect.licensing.devstack.story;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Prints the story: numbered steps, the commands a reader can repeat, their answers, the times. */
public final class Narrator {

  private final PrintStream out;
  private final Instant began;
  private int steps;

  /**
   * A story that has yet to begin.
   *
   * @param began when the reader gave the command
   */
  public Narrator(PrintStream out, Instant began) {
    this.out = out;
    this.began = began;
  }

  /** What a step does; whatever it throws ends the story. */
  @FunctionalInterface
  public interface Step {
    void run() throws Exception;
  }

  /**
   * Plays one step.
   *
   * @throws StoryFailedException where the step fails; names the step
   */
  void step(String title, Step step) {
    steps++;
    out.printf("%n== %d. %s%n", steps, title);
    var start = System.nanoTime();
    try {
      step.run();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new StoryFailedException(
          "Step %d (%s) failed: %s".formatted(steps, title, e.getMessage()), e);
    }
    out.printf("-- ok, %.1f s%n", seconds(start));
  }

  void command(String line) {
    out.println("$ " + line);
  }

  void say(String text) {
    out.println(text);
  }

  /** How long the reader has waited. */
  Duration elapsed() {
    return Duration.between(began, Instant.now());
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
