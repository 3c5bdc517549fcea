package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.operator.repairs.Repairs;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what was repaired. */
public final class TestingRepairs implements Repairs {

  private final List<String> repairs = new CopyOnWriteArrayList<>();

  @Override
  public void repaired(HasMetadata resource, String what) {
    repairs.add(resource.getMetadata().getName() + ": " + what);
  }

  public List<String> all() {
    return List.copyOf(repairs);
  }
}
