package ai.coditect.licensing.kmsstandin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The same answers over REST, of the calls that who signs makes. */
final class RestAnswers implements HttpHandler {

  private static final String ROOT = "/v1/";
  private static final String PUBLIC_KEY = "/publicKey";
  private static final String SIGN = ":asymmetricSign";
  private static final int OK = 200;

  private final KeyManagementAnswers answers;

  RestAnswers(KeyManagementAnswers answers) {
    this.answers = answers;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answerOrRefuse(exchange);
    }
  }

  private void answerOrRefuse(HttpExchange exchange) throws IOException {
    try {
      send(exchange, OK, JsonFormat.printer().print(answer(exchange)));
    } catch (StatusRuntimeException e) {
      send(exchange, httpStatus(e.getStatus()), problem(e.getStatus()));
    }
  }

  private Message answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (call.startsWith("GET " + ROOT) && call.endsWith(PUBLIC_KEY)) {
      return publicKey(name(exchange, PUBLIC_KEY));
    }
    if (call.startsWith("POST " + ROOT) && call.endsWith(SIGN)) {
      return signature(name(exchange, SIGN), body);
    }
    throw Status.UNIMPLEMENTED
        .withDescription("This stand-in does not answer " + call + " over REST.")
        .asRuntimeException();
  }

  private Message publicKey(String name) {
    Answer answer = new Answer();
    answers.getPublicKey(GetPublicKeyRequest.newBuilder().setName(name).build(), answer.observer());
    return answer.get();
  }

  private Message signature(String name, String body) {
    AsymmetricSignRequest.Builder request = AsymmetricSignRequest.newBuilder();
    try {
      JsonFormat.parser().merge(body, request);
    } catch (InvalidProtocolBufferException e) {
      throw Refusals.invalid("Invalid JSON: " + e.getMessage());
    }
    Answer answer = new Answer();
    answers.asymmetricSign(request.setName(name).build(), answer.observer());
    return answer.get();
  }

  private static String name(HttpExchange exchange, String call) {
    String path = exchange.getRequestURI().getPath();
    return path.substring(ROOT.length(), path.length() - call.length());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String problem(Status status) {
    JsonObject error = new JsonObject();
    error.addProperty("code", httpStatus(status));
    error.addProperty("message", status.getDescription());
    error.addProperty("status", status.getCode().name());
    JsonObject body = new JsonObject();
    body.add("error", error);
    return body.toString();
  }

  /** As google.rpc.Code maps them. */
  private static int httpStatus(Status status) {
    return switch (status.getCode()) {
      case OK -> OK;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
    };
  }

  /** What a call says, which is there when the call returns. */
  private static final class Answer {

    private final CompletableFuture<Message> message = new CompletableFuture<>();

    <T extends Message> StreamObserver<T> observer() {
      return new StreamObserver<>() {
        @Override
        public void onNext(T answer) {
          message.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
          message.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
      };
    }

    Message get() {
      try {
        return message.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof StatusRuntimeException refusal ? refusal : e;
      }
    }
  }
}
