package ai.coditect.licensing.devstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a part's port from run to run: others have its address in their settings. */
record RememberedPort(Path file) {

  private static final int ANY = 0;

  /** The port of the last run; 0, which means any, where there was none. */
  int last() {
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return ANY;
    }
  }

  void remember(int port) {
    try {
      Files.writeString(file, port + "\n");
    } catch (IOException e) {
      throw new DevstackException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
