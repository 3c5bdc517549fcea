package ai.coditect.licensing.operator.leadership;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Lets nothing out that writes outside the term: no request to the API server that is more than a
 * question, and no call to a store. It asks at each call, since a reconcile that began in the term
 * may outlast it.
 */
public final class Fence implements Interceptor {

  private static final String CLOSE = "close";

  private final Term term;

  public Fence(Term term) {
    this.term = term;
  }

  /** A store that is called in the term only; it can be closed at any time. */
  public <T> T around(Class<T> port, T store) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> call(store, method, arguments)));
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!request.method().equals("GET")) {
      term.check();
    }
  }

  private Object call(Object store, Method method, Object[] arguments) throws Throwable {
    if (!method.getName().equals(CLOSE)) {
      term.check();
    }
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
