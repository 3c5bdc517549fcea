package ai.coditect.licensing.devstack.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of some objects of the cluster that stays right: a watch makes it fast, and a list every
 * few seconds repairs what a lost watch has missed. Each list tells its observer about every object
 * again, so an observer that compares also repairs drift.
 */
public final class Mirror<T extends HasMetadata> implements AutoCloseable {

  /** Is told what there is. Calls come one at a time and must return quickly. */
  public interface Observer<T> {

    /** The object exists and looks like this: new, changed, or as before. */
    void present(T object);

    /** The object is gone; {@code last} is how it was last seen. */
    void absent(T last);
  }

  private static final Logger log = LoggerFactory.getLogger(Mirror.class);
  private static final int REMEMBERED_DELETIONS = 4096;

  private final FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, ?> selection;
  private final Observer<T> observer;
  private final Duration relist;
  private final Map<String, T> known = new HashMap<>();
  private final Map<String, Boolean> deleted = new BoundedMap();
  private final SharedIndexInformer<T> watch;
  private final Thread lister;
  private boolean closed;

  private Mirror(
      FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, ?> selection,
      Duration relist,
      Observer<T> observer) {
    this.selection = selection;
    this.relist = relist;
    this.observer = observer;
    this.watch = selection.runnableInformer(0);
    this.lister = Thread.ofVirtual().name("mirror").unstarted(this::listForEver);
  }

  /**
   * Tells the observer about all there is, then goes on telling in the background.
   *
   * @param selection what to watch
   * @param relist how often to compare with a full list
   * @throws KubernetesClientException where the first list fails
   */
  public static <T extends HasMetadata> Mirror<T> start(
      FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, ?> selection,
      Duration relist,
      Observer<T> observer) {
    Mirror<T> mirror = new Mirror<>(selection, relist, observer);
    try {
      mirror.list();
      mirror.watch.addEventHandler(mirror.new Events());
      mirror.watch.exceptionHandler((started, problem) -> true);
      mirror.watch.start();
      mirror.lister.start();
      return mirror;
    } catch (RuntimeException e) {
      mirror.close();
      throw e;
    }
  }

  /** Ends watching; the observer is not called after this returns. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    lister.interrupt();
    watch.stop();
    try {
      lister.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listForEver() {
    while (true) {
      try {
        Thread.sleep(relist);
        list();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()
            || e.getCause() instanceof InterruptedException) {
          return;
        }
        tellOf(e);
      }
    }
  }

  /** An API server that is away is no news; all else is. */
  private static void tellOf(RuntimeException listFailure) {
    if (listFailure instanceof KubernetesClientException) {
      log.atDebug()
          .addKeyValue("problem", listFailure.getMessage())
          .log("List failed, tried again later");
    } else {
      log.atWarn().setCause(listFailure).log("List failed, tried again later");
    }
  }

  private void list() {
    Collection<String> before = knownUids();
    List<T> items = selection.list().getItems();
    Set<String> listed = items.stream().map(Mirror::uid).collect(Collectors.toSet());
    synchronized (this) {
      items.forEach(this::seen);
      before.stream().filter(uid -> !listed.contains(uid)).forEach(this::gone);
    }
  }

  private synchronized Collection<String> knownUids() {
    return List.copyOf(known.keySet());
  }

  private synchronized void seen(T object) {
    String uid = uid(object);
    T last = known.get(uid);
    // A list and the watch overtake each other: neither a deletion nor a newer version is undone.
    if (closed || deleted.containsKey(uid) || (last != null && version(object) < version(last))) {
      return;
    }
    known.put(uid, object);
    tell(object, observer::present);
  }

  private synchronized void gone(String uid) {
    if (closed) {
      return;
    }
    T last = known.remove(uid);
    if (last != null) {
      deleted.put(uid, Boolean.TRUE);
      tell(last, observer::absent);
    }
  }

  /** One object that an observer cannot bear must not keep all others from it. */
  private static <T extends HasMetadata> void tell(T object, Consumer<T> observer) {
    try {
      observer.accept(object);
    } catch (RuntimeException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("kind", object.getKind())
          .addKeyValue("name", object.getMetadata().getName())
          .log("Observer failed");
    }
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }

  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  private final class Events implements ResourceEventHandler<T> {

    @Override
    public void onAdd(T object) {
      seen(object);
    }

    @Override
    public void onUpdate(T before, T after) {
      seen(after);
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      gone(uid(object));
    }
  }

  private static final class BoundedMap extends LinkedHashMap<String, Boolean> {

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED_DELETIONS;
    }
  }
}
