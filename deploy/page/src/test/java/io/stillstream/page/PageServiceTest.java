package io.stillstream.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageServiceTest {
  private HttpServer server;
  private PageService page;

  @BeforeEach
  void open() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String yaml =
        "kafka: {bootstrap.servers: 'localhost:1'}\ntrainer: {url: 'http://127.0.0.1:%d'}"
            .formatted(server.getAddress().getPort());
    page =
        new PageService(
            YamlSettings.parse(yaml, PageConfig.class, Map.of()), new SimpleMeterRegistry(), false);
  }

  @AfterEach
  void close() {
    page.close();
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({"404, trainer.url:", "401, 'trainer.user, trainer.password:'"})
  void shouldRefuseToStartWithoutATrainerThatLetsItIn(int status, String keys) {
    // given
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();

    // then
    assertThatThrownBy(page::start)
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(keys)
        .hasMessageContaining("http://127.0.0.1:" + server.getAddress().getPort())
        .hasMessageContaining(Integer.toString(status));
  }

  @Test
  void shouldAnswer503ForATraceWhileTheTrainerIsAway() throws Exception {
    // given: a server that was not started would keep its port open
    server.start();
    server.stop(0);

    // when
    Reply reply =
        page.endpoints()
            .get(0)
            .handler()
            .handle(new Request("", Map.of("image", "a"), new byte[0]));

    // then
    assertThat(reply.status()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1/student.pt", "01", "9999999999999999999"})
  void shouldAskForNothingThatIsNoVersion(String version) throws Exception {
    // given: a server that was not started would keep its port open
    server.start();

    // then
    assertThat(evaluation(version).status()).isEqualTo(400);
  }

  @Test
  void shouldPassOnHowGoodAReleaseWas() throws Exception {
    // given
    server.createContext(
        "/releases/7/evaluation",
        exchange -> {
          byte[] body = "{\"version\": 7}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();

    // then
    assertThat(evaluation("7")).isEqualTo(Reply.ok(new JsonMapper().readTree("{\"version\": 7}")));
  }

  private Reply evaluation(String version) throws InterruptedException {
    return page.endpoints().stream()
        .filter(endpoint -> endpoint.path().equals("/page/evaluation"))
        .findFirst()
        .orElseThrow()
        .handler()
        .handle(new Request("", Map.of("version", version), new byte[0]));
  }

  @Test
  void shouldNotBeReadyBeforeTheStart() {
    assertThat(page.health().live()).isTrue();
    assertThat(page.health().ready()).isFalse();
  }
}
