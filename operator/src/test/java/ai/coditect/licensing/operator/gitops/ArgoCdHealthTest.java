package ai.coditect.licensing.operator.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.pool.PoolReason;
import ai.coditect.licensing.operator.tenant.TenantReason;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.BaseLib;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;

/** The health scripts that Argo CD runs say of each resource what its case says. */
class ArgoCdHealthTest {

  private static final Pattern NEEDS_SOMEBODY = Pattern.compile("(?m)^ +(\\w+) = true,$");

  static Stream<HealthCase> cases() {
    return HealthCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scriptSaysWhatTheCaseSays(HealthCase aCase) throws IOException {
    var health = run(script("" + aCase.folder().getFileName()), aCase.object());
    assertThat(
            Map.of(
                "status", health.get("status").tojstring(),
                "message", health.get("message").tojstring()))
        .isEqualTo(Map.of("status", aCase.health(), "message", aCase.message()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFileOfTestdataIsInACase(Path folder) throws IOException {
    assertThat(HealthCase.all().map(HealthCase::file)).containsAll(HealthCase.files(folder));
  }

  static List<Path> kinds() {
    return List.of(HealthCase.KINDS.resolve("Tenant"), HealthCase.KINDS.resolve("LicensePool"));
  }

  /** Argo CD wants a file of its own for each kind; what a user reads of them is one story. */
  @Test
  void bothKindsHaveTheSameScript() throws IOException {
    assertThat(script("LicensePool")).isEqualTo(script("Tenant"));
  }

  @Test
  void reasonsThatNeedSomebodyAreReasonsOfTheOperator() throws IOException {
    assertThat(reasons()).containsAll(needSomebody());
  }

  /** The table of what the tools see, and the rules for Flux. */
  @Test
  void pageNamesTheSameReasons() throws IOException {
    assertThat(Files.readString(Path.of("../docs/gitops.md")))
        .contains("`" + String.join("`, `", needSomebody()) + "`")
        .contains("'" + String.join("', '", needSomebody()) + "'");
  }

  private static List<String> needSomebody() throws IOException {
    return NEEDS_SOMEBODY.matcher(script("Tenant")).results().map(match -> match.group(1)).toList();
  }

  private static List<String> reasons() {
    return Stream.<Enum<?>>concat(Stream.of(TenantReason.values()), Stream.of(PoolReason.values()))
        .map(Enum::name)
        .toList();
  }

  private static String script(String kind) throws IOException {
    return Files.readString(HealthCase.KINDS.resolve(kind).resolve("health.lua"));
  }

  /** With the libraries that Argo CD gives a script from argocd-cm, and no others. */
  private static LuaValue run(String script, JsonNode object) {
    var globals = new Globals();
    globals.load(new BaseLib());
    globals.load(new PackageLib());
    globals.load(new TableLib());
    LoadState.install(globals);
    LuaC.install(globals);
    globals.set("obj", lua(object));
    return globals.load(script).call();
  }

  private static LuaValue lua(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> table(node);
      case ARRAY -> list(node);
      case NUMBER -> LuaValue.valueOf(node.doubleValue());
      case BOOLEAN -> LuaValue.valueOf(node.booleanValue());
      case NULL -> LuaValue.NIL;
      default -> LuaValue.valueOf(node.asText());
    };
  }

  private static LuaTable table(JsonNode object) {
    var table = new LuaTable();
    object.properties().forEach(field -> table.set(field.getKey(), lua(field.getValue())));
    return table;
  }

  private static LuaTable list(JsonNode array) {
    var list = new LuaTable();
    for (int i = 0; i < array.size(); i++) {
      list.set(i + 1, lua(array.get(i)));
    }
    return list;
  }
}
