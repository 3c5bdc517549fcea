package ai.coditect.licensing.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * Makes tokens and statements out of raw text, so that a test can put into them what no honest
 * issuer would. Each step may be replaced; the rest stays genuine.
 */
final class Forge {

  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final KeyPair LEAF = leafPair();

  private Forge() {}

  static String statementHeader(String kid) {
    return "{\"alg\":\"PS512\",\"typ\":\"keystmt+jwt\",\"kid\":\"" + kid + "\"}";
  }

  /** The claims of a statement that began an hour ago and ends in eleven. */
  static String statementClaims() {
    long now = NOW.getEpochSecond();
    return """
    {"iss":"urn:coditect:tenant:acme","tenant":"acme","iat":%d,"nbf":%d,"exp":%d,"cnf":{"jwk":%s}}"""
        .formatted(now - 3600, now - 3600, now + 11 * 3600, leafJwk());
  }

  static String tokenHeader() {
    return "{\"alg\":\"ES256\",\"typ\":\"seat+jwt\",\"kid\":\"" + leafId() + "\"}";
  }

  /** The claims of a token that began a minute ago and ends in five. */
  static String tokenClaims() {
    long now = NOW.getEpochSecond();
    return """
    {"iss":"urn:coditect:tenant:acme","aud":"cad","sub":"s-1","tenant":"acme","pool":"cad","slot":7,\
    "gen":3,"ent":["mesh","render"],"iat":%d,"nbf":%d,"exp":%d,"jti":"t-1","hwh":"%s"}"""
        .formatted(now - 60, now - 60, now + 300, "0123456789abcdef".repeat(4));
  }

  static String statement() {
    return statement(UnaryOperator.identity());
  }

  static String statement(UnaryOperator<String> claims) {
    return statement(
        TestRoot.ACME, statementHeader(TestRoot.ACME.id()), claims.apply(statementClaims()));
  }

  static String statement(TestRoot root, String header, String claims) {
    String input = encode(header) + "." + encode(claims);
    return input + "." + encode(root.sign(digest("SHA-512", input)));
  }

  static String token() {
    return token(tokenHeader(), tokenClaims());
  }

  static String token(UnaryOperator<String> claims) {
    return token(tokenHeader(), claims.apply(tokenClaims()));
  }

  static String token(String header, String claims) {
    return token(LEAF.getPrivate(), header, claims);
  }

  static String token(PrivateKey key, String header, String claims) {
    return token(key, header, claims.getBytes(UTF_8));
  }

  static String token(PrivateKey key, String header, byte[] claims) {
    String input = encode(header) + "." + encode(claims);
    return input + "." + encode(ecdsa(key, input));
  }

  static String encode(String text) {
    return encode(text.getBytes(UTF_8));
  }

  static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] ecdsa(PrivateKey key, String input) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(input.getBytes(UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] digest(String algorithm, String input) {
    try {
      return MessageDigest.getInstance(algorithm).digest(input.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String leafJwk() {
    return "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}".formatted(x(), y());
  }

  /** RFC 7638, written out once more so that it does not depend on what is tested. */
  static String leafId() {
    return encode(digest("SHA-256", leafJwk()));
  }

  static String x() {
    return coordinate(((ECPublicKey) LEAF.getPublic()).getW().getAffineX());
  }

  static String y() {
    return coordinate(((ECPublicKey) LEAF.getPublic()).getW().getAffineY());
  }

  private static String coordinate(java.math.BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] fixed = new byte[32];
    int length = Math.min(bytes.length, fixed.length);
    System.arraycopy(bytes, bytes.length - length, fixed, fixed.length - length, length);
    return encode(fixed);
  }

  private static KeyPair leafPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
