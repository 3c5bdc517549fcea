package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CreateKeyRingRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.GetKeyRingRequest;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc.KeyManagementServiceImplBase;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import com.google.cloud.kms.v1.PublicKey;
import com.google.cloud.kms.v1.RestoreCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.List;

/** Translates between the wire and {@link KeyRings}. */
final class KeyManagementAnswers extends KeyManagementServiceImplBase {

  private final KeyRings rings;
  private final Calls calls;

  KeyManagementAnswers(KeyRings rings, Calls calls) {
    this.rings = rings;
    this.calls = calls;
  }

  @Override
  public void getKeyRing(GetKeyRingRequest request, StreamObserver<KeyRing> caller) {
    calls.answer(Rpc.GET_KEY_RING, caller, () -> rings.ring(Names.ring(request.getName())));
  }

  @Override
  public void createKeyRing(CreateKeyRingRequest request, StreamObserver<KeyRing> caller) {
    calls.answer(
        Rpc.CREATE_KEY_RING,
        caller,
        () ->
            rings.createRing(
                Names.location(request.getParent())
                    + "/keyRings/"
                    + Names.id(request.getKeyRingId())));
  }

  @Override
  public void getCryptoKey(GetCryptoKeyRequest request, StreamObserver<CryptoKey> caller) {
    calls.answer(Rpc.GET_CRYPTO_KEY, caller, () -> rings.key(Names.key(request.getName())));
  }

  @Override
  public void createCryptoKey(CreateCryptoKeyRequest request, StreamObserver<CryptoKey> caller) {
    calls.answer(
        Rpc.CREATE_CRYPTO_KEY,
        caller,
        () ->
            rings.createKey(
                Names.ring(request.getParent()),
                WantedKey.of(request),
                !request.getSkipInitialVersionCreation()));
  }

  @Override
  public void updateCryptoKey(UpdateCryptoKeyRequest request, StreamObserver<CryptoKey> caller) {
    calls.answer(
        Rpc.UPDATE_CRYPTO_KEY,
        caller,
        () -> {
          if (!request.getUpdateMask().getPathsList().equals(List.of("labels"))) {
            throw Refusals.invalid("This stand-in updates only the field labels of a key.");
          }
          CryptoKey wanted = request.getCryptoKey();
          WantedKey.requireLabels(wanted.getLabelsMap());
          return rings.setLabels(Names.key(wanted.getName()), wanted.getLabelsMap());
        });
  }

  @Override
  public void listCryptoKeys(
      ListCryptoKeysRequest request, StreamObserver<ListCryptoKeysResponse> caller) {
    calls.answer(
        Rpc.LIST_CRYPTO_KEYS,
        caller,
        () -> {
          requireNoFilter(request.getFilter(), request.getOrderBy());
          List<CryptoKey> keys = rings.keysOf(Names.ring(request.getParent()));
          Page<CryptoKey> page = Page.of(keys, request.getPageSize(), request.getPageToken());
          return ListCryptoKeysResponse.newBuilder()
              .addAllCryptoKeys(page.items())
              .setNextPageToken(page.nextToken())
              .setTotalSize(keys.size())
              .build();
        });
  }

  @Override
  public void getCryptoKeyVersion(
      GetCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> caller) {
    calls.answer(
        Rpc.GET_CRYPTO_KEY_VERSION,
        caller,
        () -> rings.version(versionName(request.getName())).version());
  }

  @Override
  public void createCryptoKeyVersion(
      CreateCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> caller) {
    calls.answer(
        Rpc.CREATE_CRYPTO_KEY_VERSION,
        caller,
        () -> rings.createVersion(Names.key(request.getParent())));
  }

  @Override
  public void listCryptoKeyVersions(
      ListCryptoKeyVersionsRequest request, StreamObserver<ListCryptoKeyVersionsResponse> caller) {
    calls.answer(
        Rpc.LIST_CRYPTO_KEY_VERSIONS,
        caller,
        () -> {
          requireNoFilter(request.getFilter(), request.getOrderBy());
          List<CryptoKeyVersion> versions = rings.versionsOf(Names.key(request.getParent()));
          Page<CryptoKeyVersion> page =
              Page.of(versions, request.getPageSize(), request.getPageToken());
          return ListCryptoKeyVersionsResponse.newBuilder()
              .addAllCryptoKeyVersions(page.items())
              .setNextPageToken(page.nextToken())
              .setTotalSize(versions.size())
              .build();
        });
  }

  @Override
  public void updateCryptoKeyVersion(
      UpdateCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> caller) {
    calls.answer(
        Rpc.UPDATE_CRYPTO_KEY_VERSION,
        caller,
        () -> {
          CryptoKeyVersionState state = request.getCryptoKeyVersion().getState();
          boolean settable =
              state == CryptoKeyVersionState.ENABLED || state == CryptoKeyVersionState.DISABLED;
          if (!settable || !request.getUpdateMask().getPathsList().equals(List.of("state"))) {
            throw Refusals.invalid(
                "Only the field state can be updated, and only to ENABLED or DISABLED.");
          }
          return rings.setState(versionName(request.getCryptoKeyVersion().getName()), state);
        });
  }

  @Override
  public void destroyCryptoKeyVersion(
      DestroyCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> caller) {
    calls.answer(
        Rpc.DESTROY_CRYPTO_KEY_VERSION,
        caller,
        () -> rings.scheduleDestruction(versionName(request.getName())));
  }

  @Override
  public void restoreCryptoKeyVersion(
      RestoreCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> caller) {
    calls.answer(
        Rpc.RESTORE_CRYPTO_KEY_VERSION,
        caller,
        () -> rings.restore(versionName(request.getName())));
  }

  @Override
  public void getPublicKey(GetPublicKeyRequest request, StreamObserver<PublicKey> caller) {
    calls.answer(
        Rpc.GET_PUBLIC_KEY,
        caller,
        () -> {
          CryptoKeyVersion version = rings.version(versionName(request.getName())).version();
          String pem = Pem.publicHalf(signingKey(request.getName()));
          return PublicKey.newBuilder()
              .setName(version.getName())
              .setAlgorithm(version.getAlgorithm())
              .setProtectionLevel(version.getProtectionLevel())
              .setPem(pem)
              .setPemCrc32C(Checksums.of(ByteString.copyFromUtf8(pem)))
              .setPublicKeyFormat(PublicKey.PublicKeyFormat.PEM)
              .build();
        });
  }

  @Override
  public void asymmetricSign(
      AsymmetricSignRequest request, StreamObserver<AsymmetricSignResponse> caller) {
    calls.answer(
        Rpc.ASYMMETRIC_SIGN,
        caller,
        () -> {
          RSAPrivateCrtKey key = signingKey(request.getName());
          CryptoKeyVersion version = rings.version(versionName(request.getName())).version();
          Algorithm algorithm = Algorithm.of(version.getAlgorithm()).orElseThrow();
          ByteString digest = digest(request, algorithm);
          ByteString signature = PssSignature.of(digest, algorithm, key);
          return AsymmetricSignResponse.newBuilder()
              .setName(version.getName())
              .setProtectionLevel(version.getProtectionLevel())
              .setSignature(signature)
              .setSignatureCrc32C(Checksums.of(signature))
              .setVerifiedDigestCrc32C(request.hasDigestCrc32C())
              .build();
        });
  }

  private RSAPrivateCrtKey signingKey(String name) {
    StoredVersion stored = rings.version(versionName(name));
    if (stored.state() != CryptoKeyVersionState.ENABLED) {
      throw Refusals.notEnabled(name, stored.state());
    }
    return stored
        .privateKey()
        .orElseThrow(
            () ->
                Refusals.failedPrecondition(
                    "The purpose of the key of " + name + " is not ASYMMETRIC_SIGN."));
  }

  private static ByteString digest(AsymmetricSignRequest request, Algorithm algorithm) {
    if (!request.getData().isEmpty()) {
      throw Refusals.invalid("The algorithm of this key signs a digest, not data.");
    }
    ByteString digest =
        algorithm
            .digestOf(request.getDigest())
            .orElseThrow(
                () ->
                    Refusals.invalid(
                        "The digest's type or length does not fit " + algorithm + "."));
    if (request.hasDigestCrc32C() && !request.getDigestCrc32C().equals(Checksums.of(digest))) {
      throw Refusals.invalid(
          "The checksum in field digest_crc32c did not match the data in field digest.");
    }
    return digest;
  }

  private static VersionName versionName(String name) {
    return VersionName.of(Names.version(name));
  }

  private static void requireNoFilter(String filter, String orderBy) {
    if (!filter.isEmpty() || !orderBy.isEmpty()) {
      throw Status.UNIMPLEMENTED
          .withDescription("This stand-in lists without filter and order_by.")
          .asRuntimeException();
    }
  }
}
