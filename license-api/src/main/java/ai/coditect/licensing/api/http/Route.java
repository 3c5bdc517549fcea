package ai.coditect.licensing.api.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * A method and path, and what answers it.
 *
 * @param budget what an address's requests to it are counted as
 */
record Route(HandlerType method, String path, Handler handler, Budget budget) {

  static Route get(String path, Handler handler) {
    return new Route(HandlerType.GET, path, handler, Budget.REQUESTS);
  }

  static Route delete(String path, Handler handler) {
    return new Route(HandlerType.DELETE, path, handler, Budget.REQUESTS);
  }

  static Route post(String path, Handler handler) {
    return new Route(HandlerType.POST, path, handler, Budget.REQUESTS);
  }

  Route countedAs(Budget other) {
    return new Route(method, path, handler, other);
  }
}
