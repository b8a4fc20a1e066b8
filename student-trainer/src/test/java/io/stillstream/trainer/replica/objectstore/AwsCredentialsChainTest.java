package io.stillstream.trainer.replica.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code store.credentials.aws-chain} finds in a cluster, with servers of our own. */
final class AwsCredentialsChainTest {
  private static final String ACCESS_KEY = "AKIATEMPORARY";
  private static final String SESSION = "session-of-the-role";

  @TempDir private Path directory;
  private final List<String> set = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/students/weights", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    set.forEach(System::clearProperty);
  }

  @Test
  void shouldTakeTheRoleOfAServiceAccount() throws Exception {
    // given: what EKS puts into a pod whose service account has a role (IRSA)
    server.createContext(
        "/",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          answer(
              exchange,
              """
              <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                <AssumeRoleWithWebIdentityResult>
                  <Credentials>
                    <AccessKeyId>%s</AccessKeyId>
                    <SecretAccessKey>secret</SecretAccessKey>
                    <SessionToken>%s</SessionToken>
                    <Expiration>%s</Expiration>
                  </Credentials>
                </AssumeRoleWithWebIdentityResult>
              </AssumeRoleWithWebIdentityResponse>
              """
                  .formatted(ACCESS_KEY, SESSION, inAnHour()));
        });
    Path token = Files.writeString(directory.resolve("token"), "token-of-the-pod");
    set("aws.webIdentityTokenFile", token.toString());
    set("aws.roleArn", "arn:aws:iam::123456789012:role/trainer");
    set("aws.region", "eu-west-1");
    set("aws.endpointUrlSts", address());

    // when
    String signature = signatureOfARead();

    // then
    assertThat(asked)
        .singleElement()
        .asString()
        .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=token-of-the-pod");
    assertThat(signature).contains("Credential=" + ACCESS_KEY + "/");
  }

  @Test
  void shouldTakeTheIdentityOfAPod() throws Exception {
    // given: what EKS Pod Identity puts into a pod
    server.createContext(
        "/v1/credentials",
        exchange -> {
          asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
          answer(
              exchange,
              """
              {"AccessKeyId": "%s", "SecretAccessKey": "secret", "Token": "%s", "Expiration": "%s"}
              """
                  .formatted(ACCESS_KEY, SESSION, inAnHour()));
        });
    Path token = Files.writeString(directory.resolve("token"), "token-of-the-pod");
    set("aws.containerCredentialsFullUri", address() + "/v1/credentials");
    set("aws.containerAuthorizationTokenFile", token.toString());

    // when
    String signature = signatureOfARead();

    // then
    assertThat(asked).containsExactly("token-of-the-pod");
    assertThat(signature).contains("Credential=" + ACCESS_KEY + "/");
  }

  /** What the store is shown for a read. */
  private String signatureOfARead() throws Exception {
    ObjectStoreSettings settings =
        YamlSettings.parse(
            """
            bucket: students
            endpoint: %s
            credentials: {aws-chain: true}
            retries: 0
            """
                .formatted(address()),
            ObjectStoreSettings.class,
            Map.of());
    try (ObjectStore bucket = ObjectStore.open(settings)) {
      return new String(bucket.read("weights").orElseThrow().bytes(), UTF_8);
    }
  }

  /** Answers with the signature; refuses a request without the session's token. */
  private void serve(HttpExchange exchange) throws IOException {
    assertThat(exchange.getRequestHeaders().getFirst("X-Amz-Security-Token")).isEqualTo(SESSION);
    answer(exchange, exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Instant inAnHour() {
    return Instant.now().plus(Duration.ofHours(1));
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void set(String property, String value) {
    set.add(property);
    System.setProperty(property, value);
  }
}
