package ai.coditect.licensing.stores.seats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;

/** Runs the scripts as they are, on the commands of a {@link ModelRedis}. Compiles each once. */
public final class LuaEngine {

  private final Globals globals = JsePlatform.standardGlobals();
  private final Map<String, LuaValue> compiled = new HashMap<>();
  private ModelRedis redis;

  public LuaEngine() {
    var library = new LuaTable();
    library.set("call", new Call());
    globals.set("redis", library);
  }

  Object run(ModelRedis on, Script script, String[] keys, String... values) {
    redis = on;
    globals.set("KEYS", table(Arrays.asList(keys)));
    globals.set("ARGV", table(Arrays.asList(values)));
    return fromLua(
        compiled.computeIfAbsent(script.sha1(), _ -> globals.load(script.text())).call());
  }

  private static LuaTable table(List<String> values) {
    var table = new LuaTable();
    for (var i = 0; i < values.size(); i++) {
      var value = values.get(i);
      table.set(i + 1, value == null ? LuaValue.FALSE : LuaValue.valueOf(value));
    }
    return table;
  }

  /** As Redis turns a script's result into its answer. */
  private static Object fromLua(LuaValue value) {
    return switch (value.type()) {
      case LuaValue.TNUMBER -> value.tolong();
      case LuaValue.TSTRING -> value.tojstring();
      case LuaValue.TBOOLEAN -> value.toboolean() ? 1L : null;
      case LuaValue.TTABLE -> list(value.checktable());
      default -> null;
    };
  }

  private static List<Object> list(LuaTable table) {
    var list = new ArrayList<>();
    for (var i = 1; !table.get(i).isnil(); i++) {
      list.add(fromLua(table.get(i)));
    }
    return list;
  }

  private static LuaValue toLua(Object answer) {
    return switch (answer) {
      case null -> LuaValue.FALSE;
      case Long number -> LuaValue.valueOf((double) number);
      case String text -> LuaValue.valueOf(text);
      case List<?> list -> table(texts(list));
      default -> throw new IllegalArgumentException("Not an answer: " + answer);
    };
  }

  private static List<String> texts(List<?> list) {
    var texts = new ArrayList<String>();
    list.forEach(element -> texts.add((String) element));
    return texts;
  }

  /** What scripts know as {@code redis.call}. */
  private final class Call extends VarArgFunction {

    @Override
    public Varargs invoke(Varargs args) {
      var texts = new ArrayList<String>();
      for (var i = 2; i <= args.narg(); i++) {
        if (!args.arg(i).isstring()) {
          throw new LuaError("Arguments must be strings or numbers");
        }
        texts.add(args.arg(i).tojstring());
      }
      return toLua(redis.call(args.arg1().tojstring(), texts));
    }
  }
}
