package ai.coditect.licensing.stores.keys;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.StatusCode;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyManagementServiceSettings;
import com.google.cloud.kms.v1.stub.KeyManagementServiceStubSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The Cloud KMS client, made when it is first needed: neither an absent KMS nor absent credentials
 * keep a process from starting.
 */
final class KmsConnection implements AutoCloseable {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_RETRY_DELAY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY_DELAY = Duration.ofSeconds(1);
  private static final double RETRY_DELAY_MULTIPLIER = 2;
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);
  private static final Set<StatusCode.Code> WORTH_RETRYING =
      Set.of(
          StatusCode.Code.UNAVAILABLE,
          StatusCode.Code.RESOURCE_EXHAUSTED,
          StatusCode.Code.DEADLINE_EXCEEDED);

  private final KmsSettings settings;
  private Optional<KeyManagementServiceClient> client = Optional.empty();
  private boolean closed;

  KmsConnection(KmsSettings settings) {
    this.settings = settings;
  }

  synchronized KeyManagementServiceClient client() {
    if (closed) {
      throw new IllegalStateException("The connection to Cloud KMS is closed");
    }
    if (client.isEmpty()) {
      client = Optional.of(connect());
    }
    return client.get();
  }

  @Override
  public synchronized void close() {
    closed = true;
    client.ifPresent(KeyManagementServiceClient::shutdownNow);
    client = Optional.empty();
  }

  private KeyManagementServiceClient connect() {
    try {
      KeyManagementServiceSettings.Builder builder = KeyManagementServiceSettings.newBuilder();
      builder.setTransportChannelProvider(channels());
      if (settings.plaintext()) {
        builder.setCredentialsProvider(NoCredentialsProvider.create());
      }
      limitRetries(builder);
      return KeyManagementServiceClient.create(builder.build());
    } catch (IOException e) {
      throw new KeyRefusedException("No credentials for Cloud KMS: " + e.getMessage(), e);
    }
  }

  private InstantiatingGrpcChannelProvider channels() {
    InstantiatingGrpcChannelProvider.Builder channels =
        KeyManagementServiceStubSettings.defaultGrpcTransportProviderBuilder()
            // Without it, a connection that is dead without a word stays in use for many minutes.
            .setKeepAliveTimeDuration(KEEP_ALIVE);
    settings.endpoint().ifPresent(channels::setEndpoint);
    if (settings.plaintext()) {
      channels.setChannelConfigurator(channel -> channel.usePlaintext());
    }
    return channels.build();
  }

  private static void limitRetries(KeyManagementServiceSettings.Builder builder)
      throws IOException {
    builder.applyToAllUnaryMethods(
        call -> {
          call.setRetrySettings(retries()).setRetryableCodes(WORTH_RETRYING);
          return null;
        });
    // Each repeat would make one more version. The next look at the key tells what became of it.
    builder.createCryptoKeyVersionSettings().setRetryableCodes(Set.of());
  }

  /** The waits in between are random up to these bounds, so that callers do not return in step. */
  private static RetrySettings retries() {
    return RetrySettings.newBuilder()
        .setInitialRpcTimeoutDuration(CALL_TIMEOUT)
        .setRpcTimeoutMultiplier(1)
        .setMaxRpcTimeoutDuration(CALL_TIMEOUT)
        .setTotalTimeoutDuration(TOTAL_TIMEOUT)
        .setInitialRetryDelayDuration(FIRST_RETRY_DELAY)
        .setRetryDelayMultiplier(RETRY_DELAY_MULTIPLIER)
        .setMaxRetryDelayDuration(LAST_RETRY_DELAY)
        .build();
  }
}
