package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.RequestQueue.Limits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What hostile clients do to the management port, and that others are answered all the same. */
final class SlowClientsTest {
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration NEVER = Duration.ofMinutes(10);
  private static final int LARGE = 4 << 20;

  /** A pause of the machine is held against a client, which may ask again. */
  private static final int TRIES = 20;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Socket> sockets = new ArrayList<>();
  private final Semaphore atWork = new Semaphore(0);
  private final ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch release = new CountDownLatch(1);

  /** Without pressure nothing is taken from a client, so it is pressure that helps. */
  private final ManagementServer management =
      start(
          new ManagementServer.ServerLimits(
              new Limits(2, 16, NEVER, SOON, NEVER), new Limits(2, 4, NEVER, SOON, NEVER)));

  private ManagementServer start(ManagementServer.ServerLimits limits) {
    ManagementServer started =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0), registry, Health::of, Map.of(), limits);
    started.add(
        List.of(
            new HttpEndpoint("POST", "/echo", 1 << 20, request -> Reply.ok(request.body().length)),
            new HttpEndpoint("GET", "/large", 0, request -> Reply.ok("x".repeat(LARGE))),
            new HttpEndpoint(
                "POST",
                "/slow",
                0,
                request -> {
                  atWork.release();
                  release.await();
                  return Reply.ok("done");
                })));
    return started;
  }

  @AfterEach
  void close() throws IOException {
    release.countDown();
    trickle.shutdownNow();
    management.close();
    registry.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void shouldAnswerWhileHundredsBeginARequestAndDoNotEndIt() throws Exception {
    // given: a hundred times as many as there are threads
    for (int i = 0; i < 400; i++) {
      send("GET /health/live HTT");
    }

    // then
    assertAnswers();
  }

  @Test
  void shouldCutOffClientsThatSendAByteNowAndThenWhileOthersWait() throws Exception {
    // given: no time without a byte
    List<OutputStream> clients = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
    }
    ScheduledFuture<?> unused =
        trickle.scheduleWithFixedDelay(
            () -> clients.removeIf(SlowClientsTest::isGone), 0, 1, TimeUnit.MILLISECONDS);

    // then: and the clients are gone, not only bypassed
    assertAnswers();
    assertThat(post("/echo", "abc").body()).isEqualTo("3");
    await().atMost(Duration.ofSeconds(60)).until(() -> clients.size() <= 2);
  }

  private static boolean isGone(OutputStream client) {
    try {
      client.write('x');
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void shouldAnswerWhileClientsNeverReadTheirAnswers() throws Exception {
    // given: small ones, too, until no buffer takes another
    for (int i = 0; i < 12; i++) {
      OutputStream out = send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
      OutputStream many = send("");
      for (int j = 0; j < 2000; j++) {
        try {
          many.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
        } catch (IOException e) {
          break;
        }
      }
      out.flush();
    }

    // then
    assertAnswers();
    // More clients than may wait have asked: until they are cut off, the answer may be 503.
    await().atMost(Duration.ofSeconds(60)).until(() -> post("/echo", "abc").statusCode() == 200);
  }

  @Test
  void shouldTakeBodiesWhileOthersSendTheirsWithoutAnEnd() throws Exception {
    // given: more of them than there are threads, and places to wait
    for (int i = 0; i < 3; i++) {
      send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
    }

    // then
    assertAnswers();
    assertThat(post("/echo", "abc").body()).isEqualTo("3");
  }

  @Test
  void shouldRefuseAtOnceWhatWouldHaveToWaitBehindTooMuch() throws Exception {
    // given: both threads at work, and as many waiting as may
    List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              slow.add(slow(management));
              return atWork.availablePermits() == 2;
            });
    List<CompletableFuture<HttpResponse<String>>> more = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              more.add(slow(management));
              return more.stream().anyMatch(SlowClientsTest::isRefused);
            });

    // when: with a body that is not read
    HttpResponse<String> refused = post("/echo", "x".repeat(1 << 20));

    // then
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("2");
    assertThat(refused.body()).isEqualTo("{\"error\":\"too many requests are waiting\"}");
    assertAnswers();
    release.countDown();
    slow.addAll(more);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> slow.stream().anyMatch(one -> status(one) == 200));
  }

  private CompletableFuture<HttpResponse<String>> slow(ManagementServer of) {
    return client.sendAsync(request(of, "/slow", ""), BodyHandlers.ofString());
  }

  private static boolean isRefused(CompletableFuture<HttpResponse<String>> reply) {
    return status(reply) == 503;
  }

  /** 0 without an answer. */
  private static int status(CompletableFuture<HttpResponse<String>> reply) {
    return reply.isDone() && !reply.isCompletedExceptionally() ? reply.join().statusCode() : 0;
  }

  @Test
  void shouldRefuseWhatHasWaitedTooLong() throws Exception {
    // given
    Limits one = new Limits(1, 4, SOON, NEVER, NEVER);
    try (ManagementServer impatient = start(new ManagementServer.ServerLimits(one, one))) {
      List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                // On a slow machine it has to wait too long itself.
                if (slow.stream().allMatch(CompletableFuture::isDone)) {
                  slow.add(slow(impatient));
                }
                return atWork.availablePermits() == 1;
              });

      // when
      HttpResponse<String> reply = ask(request(impatient, "/echo", "abc"));

      // then
      assertThat(reply.statusCode()).isEqualTo(503);
      CompletableFuture<HttpResponse<String>> last = slow.get(slow.size() - 1);
      assertThat(last).isNotDone();
      release.countDown();
      assertThat(last.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldNotHoldAgainstAClientWhatAnAnswerTakes() throws Exception {
    // given: clients may hold a place for no time at all
    Limits none = new Limits(4, 16, NEVER, Duration.ZERO, Duration.ZERO);
    try (ManagementServer strict = start(new ManagementServer.ServerLimits(none, none))) {
      CompletableFuture<HttpResponse<String>> asked = slow(strict);
      atWork.acquire();

      // when: another client is cut off, and then, surely one look later, a second one
      awaitCutOff(strict);
      awaitCutOff(strict);

      // then
      assertThat(asked).isNotDone();
      release.countDown();
      assertThat(asked.get().body()).isEqualTo("\"done\"");
    }
  }

  private static void awaitCutOff(ManagementServer by) throws IOException {
    try (Socket other = new Socket(InetAddress.getLoopbackAddress(), by.port())) {
      other.setSoTimeout(60_000);
      other
          .getOutputStream()
          .write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx".getBytes(US_ASCII));
      assertThat(other.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException e) {
      // Cut off before all was read, so it is reset.
    }
  }

  private void assertAnswers() throws Exception {
    for (String path : List.of("/health/live", "/health/ready", "/metrics", "/info")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
    }
  }

  private OutputStream send(String begin) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), management.port());
    sockets.add(socket);
    socket.getOutputStream().write(begin.getBytes(US_ASCII));
    return socket.getOutputStream();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return ask(
        HttpRequest.newBuilder(uri(management, path)).timeout(Duration.ofSeconds(60)).build());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return ask(request(management, path, body));
  }

  private HttpResponse<String> ask(HttpRequest request) throws Exception {
    for (int left = TRIES; ; left--) {
      try {
        return client.send(request, BodyHandlers.ofString());
      } catch (HttpTimeoutException e) {
        throw e;
      } catch (IOException e) {
        if (left == 1) {
          throw e;
        }
      }
    }
  }

  private static HttpRequest request(ManagementServer of, String path, String body) {
    return HttpRequest.newBuilder(uri(of, path))
        .timeout(Duration.ofSeconds(60))
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static URI uri(ManagementServer of, String path) {
    return URI.create("http://127.0.0.1:" + of.port() + path);
  }
}
