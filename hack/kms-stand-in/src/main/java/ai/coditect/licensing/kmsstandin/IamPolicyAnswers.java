package ai.coditect.licensing.kmsstandin;

import com.google.iam.v1.GetIamPolicyRequest;
import com.google.iam.v1.IAMPolicyGrpc.IAMPolicyImplBase;
import com.google.iam.v1.Policy;
import com.google.iam.v1.SetIamPolicyRequest;
import io.grpc.stub.StreamObserver;

/** Keeps who may do what with a key; everybody may do everything here all the same. */
final class IamPolicyAnswers extends IAMPolicyImplBase {

  private final KeyRings rings;
  private final Calls calls;

  IamPolicyAnswers(KeyRings rings, Calls calls) {
    this.rings = rings;
    this.calls = calls;
  }

  @Override
  public void getIamPolicy(GetIamPolicyRequest request, StreamObserver<Policy> caller) {
    calls.answer(Rpc.GET_IAM_POLICY, caller, () -> rings.policy(Names.key(request.getResource())));
  }

  @Override
  public void setIamPolicy(SetIamPolicyRequest request, StreamObserver<Policy> caller) {
    calls.answer(
        Rpc.SET_IAM_POLICY,
        caller,
        () -> rings.setPolicy(Names.key(request.getResource()), request.getPolicy()));
  }
}
