package ai.coditect.licensing.devstack.story;

/** A step of the story did not go as it must; the message says what was expected. */
public final class StoryFailedException extends RuntimeException {

  public StoryFailedException(String message) {
    super(message);
  }

  public StoryFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  static void unless(boolean condition, String expected, Object found) {
    if (!condition) {
      throw new StoryFailedException("expected " + expected + ", found " + found);
    }
  }
}
