package ai.coditect.licensing.stores.keys;

import com.google.api.client.http.HttpBackOffIOExceptionHandler;
import com.google.api.client.http.HttpBackOffUnsuccessfulResponseHandler;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.util.ExponentialBackOff;
import com.google.api.services.cloudkms.v1.CloudKMS;
import com.google.api.services.cloudkms.v1.CloudKMSScopes;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The Cloud KMS client over REST, made when it is first needed: neither an absent KMS nor absent
 * credentials keep a process from starting.
 */
final class KmsRest implements AutoCloseable {

  private static final String NAME = "licensing-api";
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_RETRY_DELAY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY_DELAY = Duration.ofSeconds(1);
  private static final double RETRY_DELAY_MULTIPLIER = 2;
  private static final Set<Integer> WORTH_RETRYING = Set.of(429, 503, 504);

  private final KmsSettings settings;
  private Optional<CloudKMS> client = Optional.empty();
  private boolean closed;

  KmsRest(KmsSettings settings) {
    this.settings = settings;
  }

  synchronized CloudKMS client() {
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
    client = Optional.empty();
  }

  private CloudKMS connect() {
    HttpRequestInitializer credentials = credentials();
    CloudKMS.Builder builder =
        new CloudKMS.Builder(
                new NetHttpTransport(),
                GsonFactory.getDefaultInstance(),
                request -> initialize(request, credentials))
            .setApplicationName(NAME);
    settings.endpoint().ifPresent(endpoint -> builder.setRootUrl(url(endpoint)));
    return builder.build();
  }

  private String url(String endpoint) {
    return (settings.plaintext() ? "http://" : "https://") + endpoint + "/";
  }

  private HttpRequestInitializer credentials() {
    if (settings.plaintext()) {
      return request -> {};
    }
    try {
      return new HttpCredentialsAdapter(
          GoogleCredentials.getApplicationDefault().createScoped(CloudKMSScopes.CLOUDKMS));
    } catch (IOException e) {
      throw new KeyRefusedException("No credentials for Cloud KMS: " + e.getMessage(), e);
    }
  }

  private static void initialize(HttpRequest request, HttpRequestInitializer credentials)
      throws IOException {
    request.setConnectTimeout((int) CALL_TIMEOUT.toMillis());
    request.setReadTimeout((int) CALL_TIMEOUT.toMillis());
    credentials.initialize(request);
    retry(request);
  }

  /** Either kind of failure has a limit of its own; both together end within seconds. */
  private static void retry(HttpRequest request) {
    HttpBackOffUnsuccessfulResponseHandler refusals =
        new HttpBackOffUnsuccessfulResponseHandler(backOff())
            .setBackOffRequired(answer -> WORTH_RETRYING.contains(answer.getStatusCode()));
    var renewal = Optional.ofNullable(request.getUnsuccessfulResponseHandler());
    request.setUnsuccessfulResponseHandler(
        (asked, answer, retryable) ->
            (renewal.isPresent() && renewal.get().handleResponse(asked, answer, retryable))
                || refusals.handleResponse(asked, answer, retryable));
    request.setIOExceptionHandler(new HttpBackOffIOExceptionHandler(backOff()));
  }

  /** The waits in between are random around these, so that callers do not return in step. */
  private static ExponentialBackOff backOff() {
    return new ExponentialBackOff.Builder()
        .setInitialIntervalMillis((int) FIRST_RETRY_DELAY.toMillis())
        .setMultiplier(RETRY_DELAY_MULTIPLIER)
        .setMaxIntervalMillis((int) LAST_RETRY_DELAY.toMillis())
        .setMaxElapsedTimeMillis((int) TOTAL_TIMEOUT.toMillis())
        .build();
  }
}
