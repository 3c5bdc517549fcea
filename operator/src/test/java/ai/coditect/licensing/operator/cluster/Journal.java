package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Notes when an operator wrote, to the API server or to a store, by {@link System#nanoTime}. */
public final class Journal implements Interceptor {

  private static final long NEVER = Long.MIN_VALUE;

  private final AtomicLong first = new AtomicLong(NEVER);
  private final AtomicLong last = new AtomicLong(NEVER);

  public Optional<Long> first() {
    return noted(first);
  }

  public Optional<Long> last() {
    return noted(last);
  }

  /** A store whose calls are noted. */
  <T> T around(Class<T> port, T store) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              note();
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!request.method().equals("GET")) {
      note();
    }
  }

  private void note() {
    long now = System.nanoTime();
    first.compareAndSet(NEVER, now);
    last.set(now);
  }

  private static Optional<Long> noted(AtomicLong time) {
    return Optional.of(time.get()).filter(noted -> noted != NEVER);
  }
}
