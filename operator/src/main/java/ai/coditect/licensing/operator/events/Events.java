package ai.coditect.licensing.operator.events;

import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what changed about a resource: {@code kubectl describe} and {@code kubectl events}
 * show it. What is said again raises a count, so that nothing floods. An event that cannot be
 * written is left out.
 */
public final class Events {

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);

  /** The API server takes no longer message, and no longer name. */
  private static final int LONGEST_MESSAGE = 1024;

  private static final int LONGEST_NAME = 253;

  private final KubernetesClient client;
  private final InstantSource clock;

  public Events(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Whether somebody should look. */
  public enum Type {
    Normal,
    Warning
  }

  /**
   * Tells it.
   *
   * @param reason one word that programs can rely on
   * @param message deterministic: the same event has the same words
   */
  public void tell(HasMetadata about, Type type, String reason, String message) {
    var event = event(about, type, reason, message);
    try {
      write(event);
    } catch (RuntimeException e) {
      // Whatever it is, it must not keep a resource from being reconciled.
      LOG.atInfo()
          .addKeyValue("reason", reason)
          .addKeyValue("cause", e.toString())
          .log("An event could not be written");
    }
  }

  private void write(Event event) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      repeat(event);
    }
  }

  private void repeat(Event event) {
    var there = client.resource(event).get();
    if (there != null) {
      there.setCount(there.getCount() + 1);
      there.setLastTimestamp(event.getLastTimestamp());
      client.resource(there).patch(PatchContext.of(PatchType.JSON_MERGE));
    }
  }

  private Event event(HasMetadata about, Type type, String reason, String message) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(about.getMetadata().getNamespace())
        .withName(name(about, type, reason, message))
        .endMetadata()
        .withInvolvedObject(reference(about))
        .withType(type.name())
        .withReason(reason)
        .withMessage(cut(message, LONGEST_MESSAGE))
        .withNewSource()
        .withComponent(ChildMetadata.MANAGER)
        .endSource()
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(1)
        .build();
  }

  /** The same for the same event. */
  private static String name(HasMetadata about, Type type, String reason, String message) {
    var uid = about.getMetadata().getUid();
    var key = String.join("\0", uid, type.name(), reason, message);
    var hash = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
    return cut(about.getMetadata().getName(), LONGEST_NAME - hash.length() - 1) + "." + hash;
  }

  private static ObjectReference reference(HasMetadata about) {
    return new ObjectReferenceBuilder()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(about.getMetadata().getNamespace())
        .withName(about.getMetadata().getName())
        .withUid(about.getMetadata().getUid())
        .build();
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
