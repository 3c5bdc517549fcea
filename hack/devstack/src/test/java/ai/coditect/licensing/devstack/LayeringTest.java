package ai.coditect.licensing.devstack;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the arrows of the house (CONTRIBUTING.md): a room may import what is listed here, and
 * nothing else of ours.
 */
class LayeringTest {

  private static final String ROOT = "ai.coditect.licensing.";

  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.of(
          "crds", Set.of(),
          "tokens", Set.of(),
          "stores", Set.of("tokens"),
          "operator", Set.of("crds", "stores"),
          "api", Set.of("stores", "tokens"),
          "servers", Set.of(),
          "kmsstandin", Set.of(),
          "devstack", Set.of("crds", "tokens", "servers", "operator", "api", "kmsstandin"),
          "benchmarks", Set.of("tokens", "stores", "servers", "api", "kmsstandin"));

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ai.coditect.licensing");

  @Test
  void everyRoomIsNamedHere() {
    Set<String> rooms = OURS.stream().map(LayeringTest::room).collect(Collectors.toSet());
    assertThat(rooms).isEqualTo(MAY_IMPORT.keySet());
  }

  @TestFactory
  Stream<DynamicTest> aRoomImportsOnlyWhatItMay() {
    return MAY_IMPORT.entrySet().stream()
        .map(arrow -> DynamicTest.dynamicTest(arrow.getKey(), () -> holds(arrow)));
  }

  private static void holds(Map.Entry<String, Set<String>> arrow) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + arrow.getKey() + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden(arrow))
        .because(arrow.getKey() + " may import only " + arrow.getValue())
        .check(OURS);
  }

  private static String[] forbidden(Map.Entry<String, Set<String>> arrow) {
    return MAY_IMPORT.keySet().stream()
        .filter(room -> !room.equals(arrow.getKey()) && !arrow.getValue().contains(room))
        .map(room -> ROOT + room + "..")
        .toArray(String[]::new);
  }

  @Test
  void theApiNeverSpeaksToKubernetes() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..")
        .check(OURS);
  }

  @Test
  void tokensArePure() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "tokens..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(
                    "java.net.http..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.sql..",
                    "org.slf4j..")
                .or(nameMatching("java\\.io\\.(File|RandomAccessFile).*"))
                .or(nameMatching("java\\.net\\.(.*Socket|URL|.*URLConnection|Inet.*)")))
        .check(OURS);
  }

  @Test
  void noPackageIsADrawerForLeftovers() {
    classes()
        .should()
        .resideOutsideOfPackages("..util..", "..utils..", "..helper..", "..helpers..", "..common..")
        .check(OURS);
  }

  private static String room(JavaClass type) {
    String inside = type.getPackageName().substring(ROOT.length());
    return Arrays.stream(inside.split("\\.")).findFirst().orElseThrow();
  }
}
