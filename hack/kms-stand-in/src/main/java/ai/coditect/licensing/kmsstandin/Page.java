package ai.coditect.licensing.kmsstandin;

import java.util.List;

/**
 * A part of a list.
 *
 * @param nextToken asks for what follows; empty at the end
 */
record Page<T>(List<T> items, String nextToken) {

  private static final int DEFAULT_SIZE = 100;
  private static final int MAX_SIZE = 1000;

  static <T> Page<T> of(List<T> all, int size, String token) {
    int from = offset(token, all.size());
    int count = size <= 0 ? DEFAULT_SIZE : Math.min(size, MAX_SIZE);
    int to = Math.min(all.size(), from + count);
    return new Page<>(all.subList(from, to), to < all.size() ? Integer.toString(to) : "");
  }

  private static int offset(String token, int size) {
    if (token.isEmpty()) {
      return 0;
    }
    try {
      int offset = Integer.parseInt(token);
      if (offset >= 0 && offset <= size) {
        return offset;
      }
    } catch (NumberFormatException e) {
      // Told below, as any other token that was never given out.
    }
    throw Refusals.invalid("Invalid page token.");
  }
}
