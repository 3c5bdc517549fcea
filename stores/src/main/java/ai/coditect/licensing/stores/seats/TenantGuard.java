package ai.coditect.licensing.stores.seats;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands on every connection of a tenant's pod and lets through only what {@link TenantCommands}
 * allows; the rest is answered as a Redis with ACLs would, and never sent. Redis without ACLs
 * (Memorystore) keeps tenants apart by nothing else; elsewhere it is a second wall.
 */
@Sharable
final class TenantGuard extends ChannelOutboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(TenantGuard.class);

  private final TenantCommands allowed;

  TenantGuard(TenantKeys keys) {
    this.allowed = new TenantCommands(keys);
  }

  /** What is written is a command, or several. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof RedisCommand<?, ?, ?> command && isRefused(context, command)) {
      promise.setSuccess();
      return;
    }
    var through = message instanceof Collection<?> commands ? allowed(context, commands) : message;
    var _ = context.write(through, promise);
  }

  private Collection<Object> allowed(ChannelHandlerContext context, Collection<?> commands) {
    var through = new ArrayList<Object>(commands.size());
    for (var command : commands) {
      if (!(command instanceof RedisCommand<?, ?, ?> one) || !isRefused(context, one)) {
        through.add(command);
      }
    }
    return through;
  }

  private boolean isRefused(ChannelHandlerContext context, RedisCommand<?, ?, ?> command) {
    var refusal = refusal(context, command);
    refusal.ifPresent(
        why -> {
          LOG.atError().addKeyValue("why", why).log("A command of this process was not sent");
          command.completeExceptionally(new RedisCommandExecutionException("NOPERM " + why));
        });
    return refusal.isPresent();
  }

  /** Read from what would go over the wire: nothing else says for certain what is a key. */
  private Optional<String> refusal(ChannelHandlerContext context, RedisCommand<?, ?, ?> command) {
    var verb = command.getType().toString();
    if (command.getArgs() == null) {
      return allowed.refusal(verb, Arguments.NONE);
    }
    var encoded = context.alloc().buffer();
    try {
      command.getArgs().encode(encoded);
      return allowed.refusal(verb, new Arguments(encoded));
    } finally {
      encoded.release();
    }
  }
}
