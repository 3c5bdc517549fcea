package ai.coditect.licensing.stores.seats;

import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What one server is asked about its users. */
record AclCommands(RedisClusterAsyncCommands<String, String> server) {

  CompletionStage<RedisUser> get(String user) {
    return server.aclGetuser(user).thenApply(RedisUser::of);
  }

  /** By rules as Redis writes them: it takes all of them, or none. */
  CompletionStage<String> set(String user, List<String> rules) {
    var arguments = new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add(user);
    rules.forEach(arguments::add);
    return server.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
  }

  /** Gives how many users there were of this name. */
  CompletionStage<Long> remove(String user) {
    return server.aclDeluser(user);
  }

  /** Ends the connections that are logged in as the user; whoever has its password comes back. */
  CompletionStage<Long> turnOut(String user) {
    return server.clientKill(KillArgs.Builder.user(user));
  }

  /** Where Redis keeps users in a file; elsewhere they are made anew after its next start. */
  CompletionStage<String> save() {
    return server.aclSave().exceptionally(_ -> "not saved");
  }
}
