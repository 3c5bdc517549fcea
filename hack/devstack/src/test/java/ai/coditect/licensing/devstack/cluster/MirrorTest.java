package ai.coditect.licensing.devstack.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ConfigMapListBuilder;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Without a watch: what a mirror's lists must repair by themselves. */
class MirrorTest {

  private static final Duration RELIST = Duration.ofMillis(20);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private volatile List<String> names = List.of("bad", "good");
  private volatile boolean listFails;

  @Test
  void tellsOfOtherObjectsWhereTheObserverFailsForOne() {
    try (var _ = start()) {
      await().atMost(DEADLINE).until(() -> told.contains("good"));
    }
  }

  @Test
  void goesOnWhereTheObserverFails() {
    try (var _ = start()) {
      names = List.of("bad", "good", "new");
      await().atMost(DEADLINE).until(() -> told.contains("new"));
    }
  }

  @Test
  void goesOnWhereAListFailsAsNobodyForesaw() {
    try (var _ = start()) {
      listFails = true;
      await().atMost(DEADLINE).until(() -> told.contains("failed list"));
      told.clear();
      listFails = false;
      await().atMost(DEADLINE).until(() -> told.contains("good"));
    }
  }

  private Mirror<ConfigMap> start() {
    return Mirror.start(selection(), RELIST, new Brittle());
  }

  private ConfigMapList list() {
    if (listFails) {
      told.add("failed list");
      throw new IllegalStateException("no such answer was foreseen");
    }
    return new ConfigMapListBuilder()
        .withItems(names.stream().map(MirrorTest::configMap).toList())
        .build();
  }

  private static ConfigMap configMap(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withUid(name)
        .withResourceVersion("1")
        .endMetadata()
        .build();
  }

  @SuppressWarnings("unchecked")
  private FilterWatchListDeletable<ConfigMap, ConfigMapList, ?> selection() {
    return proxy(FilterWatchListDeletable.class, "list", this::list);
  }

  /** Answers one method; to the others null, but for the informer that never tells anything. */
  private static <T> T proxy(Class<T> type, String method, Supplier<Object> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            MirrorTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) ->
                called.getName().equals(method)
                    ? answer.get()
                    : called.getReturnType() == SharedIndexInformer.class
                        ? proxy(SharedIndexInformer.class, "", () -> self)
                        : null));
  }

  private final class Brittle implements Mirror.Observer<ConfigMap> {

    @Override
    public void present(ConfigMap object) {
      if (object.getMetadata().getName().equals("bad")) {
        throw new IllegalArgumentException("cannot bear it");
      }
      told.add(object.getMetadata().getName());
    }

    @Override
    public void absent(ConfigMap last) {}
  }
}
