package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;

/** Notes which right each request needed, as {@code group/resource verb}. */
public final class UsedRights implements Interceptor {

  private static final int CREATED = 201;
  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api|apis/(?<group>[^/]+))/v[^/]+(?:/namespaces/[^/]+)?"
              + "/(?<resource>[a-z]+)(?:/(?<name>[^/]+)(?:/(?<sub>[a-z]+))?)?");

  private static final Pattern OF_NO_RESOURCE = Pattern.compile("/(?:[.]well-known|openid)/.*");

  private final Set<String> used = new ConcurrentSkipListSet<>();

  public Set<String> used() {
    return new TreeSet<>(used);
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (OF_NO_RESOURCE.matcher(request.uri().getPath()).matches()) {
      used.add(request.uri().getPath() + " get");
    }
    var path = PATH.matcher(request.uri().getPath());
    if (path.matches()) {
      var group = path.group("group") == null ? "" : path.group("group");
      var sub = path.group("sub") == null ? "" : "/" + path.group("sub");
      var resource = group + "/" + path.group("resource") + sub;
      used.add(resource + " " + verb(request, path.group("name") != null));
      // An apply that makes the object needs both.
      if (request.method().equals("PATCH") && response.code() == CREATED) {
        used.add(resource + " create");
      }
    }
  }

  private static String verb(HttpRequest request, boolean named) {
    return switch (request.method()) {
      case "GET" -> {
        var query = request.uri().getQuery();
        boolean watches = query != null && query.contains("watch=true");
        yield watches ? "watch" : named ? "get" : "list";
      }
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> named ? "delete" : "deletecollection";
      default -> request.method();
    };
  }
}
