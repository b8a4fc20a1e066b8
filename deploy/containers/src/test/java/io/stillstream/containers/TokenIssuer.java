package io.stillstream.containers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * As much of OpenID Connect as Apicurio needs to exchange basic credentials for a token: discovery,
 * keys, and the grant of client credentials (RFC 6749, 4.4) to one client.
 */
final class TokenIssuer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String REALM = "/realms/registry";

  private final String client;
  private final String secret;
  private final KeyPair keys;
  private final HttpServer server;

  TokenIssuer(String client, String secret) {
    this.client = client;
    this.secret = secret;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
      // On all interfaces: a container comes in through the bridge.
      server = HttpServer.create(new InetSocketAddress(0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    server.createContext(REALM + "/.well-known/openid-configuration", this::discovery);
    server.createContext(REALM + "/keys", this::keys);
    server.createContext(REALM + "/protocol/openid-connect/token", this::token);
    server.start();
  }

  /** Environment of a registry that sees this host under this name. */
  Map<String, String> environment(String host) {
    return Map.of(
        "AUTH_ENABLED", "true",
        "CLIENT_CREDENTIALS_BASIC_AUTH_ENABLED", "true",
        "KEYCLOAK_URL", "http://" + host + ":" + server.getAddress().getPort(),
        "KEYCLOAK_REALM", "registry");
  }

  /** A token for its one client, as a registry takes it that sees this host under this name. */
  String token(String host) throws IOException {
    return jwt("http://" + host + ":" + server.getAddress().getPort() + REALM);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void discovery(HttpExchange exchange) throws IOException {
    String issuer = issuer(exchange);
    answer(
        exchange,
        200,
        Map.of(
            "issuer",
            issuer,
            "jwks_uri",
            issuer + "/keys",
            "token_endpoint",
            issuer + "/protocol/openid-connect/token",
            "authorization_endpoint",
            issuer + "/auth",
            "response_types_supported",
            List.of("code"),
            "subject_types_supported",
            List.of("public"),
            "id_token_signing_alg_values_supported",
            List.of("RS256")));
  }

  private void keys(HttpExchange exchange) throws IOException {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    answer(
        exchange,
        200,
        Map.of(
            "keys",
            List.of(
                Map.of(
                    "kty", "RSA",
                    "use", "sig",
                    "alg", "RS256",
                    "kid", "test",
                    "n", unsigned(key.getModulus()),
                    "e", unsigned(key.getPublicExponent())))));
  }

  private void token(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    boolean known =
        List.of(form.split("&"))
            .containsAll(List.of("client_id=" + client, "client_secret=" + secret));
    if (known) {
      answer(
          exchange,
          200,
          Map.of("access_token", jwt(issuer(exchange)), "token_type", "Bearer", "expires_in", 300));
    } else {
      answer(exchange, 401, Map.of("error", "invalid_client"));
    }
  }

  private String jwt(String issuer) throws IOException {
    long now = Instant.now().getEpochSecond();
    String signed =
        encoded(Map.of("alg", "RS256", "typ", "JWT", "kid", "test"))
            + "."
            + encoded(
                Map.of(
                    "iss",
                    issuer,
                    "sub",
                    client,
                    "azp",
                    client,
                    "iat",
                    now,
                    "exp",
                    now + 300,
                    "preferred_username",
                    client));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the caller sees it: what the token names as its issuer must be that. */
  private static String issuer(HttpExchange exchange) {
    return "http://" + exchange.getRequestHeaders().getFirst("Host") + REALM;
  }

  private static String encoded(Map<String, ?> part) throws IOException {
    return BASE64.encodeToString(JSON.writeValueAsBytes(part));
  }

  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
  }

  private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
