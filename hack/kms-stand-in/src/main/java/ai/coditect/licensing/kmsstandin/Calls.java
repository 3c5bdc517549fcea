package ai.coditect.licensing.kmsstandin;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls over gRPC, with the faults that a test wished for. */
final class Calls {

  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  private final Faults faults;

  Calls(Faults faults) {
    this.faults = faults;
  }

  <T extends Message> void answer(Rpc rpc, StreamObserver<T> caller, Supplier<T> work) {
    try {
      Faults.Fault fault = faults.next(rpc);
      fault.before();
      T good = work.get();
      @SuppressWarnings("unchecked") // A damaged answer stays of its kind.
      T sent = (T) fault.after(good);
      caller.onNext(sent);
      caller.onCompleted();
      log.atDebug().addKeyValue("call", rpc).log("Answered");
    } catch (StatusRuntimeException e) {
      log.atDebug().addKeyValue("call", rpc).addKeyValue("status", e.getStatus()).log("Refused");
      caller.onError(e);
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("call", rpc).log("Failed");
      caller.onError(Status.INTERNAL.withDescription("Internal error.").asRuntimeException());
    }
  }
}
