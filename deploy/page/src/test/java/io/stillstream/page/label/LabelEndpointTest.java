package io.stillstream.page.label;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.schemas.ImageLabel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelEndpointTest {
  private static final Instant NOW = Instant.parse("2026-11-30T09:00:00Z");
  private static final String JSON = "application/json";
  private static final String GOOD = "{\"imageId\": \"cat.jpg\", \"label\": 1}";

  private final RecordingSender sender = new RecordingSender();
  private final List<Throwable> told = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private TrainingStatus training = student("classification");

  @Test
  void shouldWriteTheChosenClass() throws Exception {
    // when
    Reply reply = post(true, JSON, Map.of(), GOOD);
    Reply named = post(true, JSON, Map.of(), "{\"imageId\": \"dog.jpg\", \"label\": \"sky\"}");

    // then
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo(Map.of("imageId", "cat.jpg", "label", 1, "name", "cat"));
    assertThat(named.status()).isEqualTo(200);
    assertThat(sender.labels).containsExactly(label("cat.jpg", 1), label("dog.jpg", 0));
  }

  @Test
  void shouldTakeNothingWhereItIsOff() throws Exception {
    // when
    Reply reply = post(false, JSON, Map.of(), GOOD);

    // then
    assertThat(reply.status()).isEqualTo(403);
    assertThat(error(reply)).contains("labels.write is false");
    assertThat(sender.labels).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "same-origin, http://page:9404, page:9404, 200",
        "same-origin, https://page.example, 10.0.0.1:9404, 200",
        "cross-site, http://page:9404, page:9404, 403",
        "same-site, http://page:9404, page:9404, 403",
        "none, -, page:9404, 403",
        "-, http://page:9404, page:9404, 200",
        "-, http://evil.example, page:9404, 403",
        "-, http://page:9405, page:9404, 403",
        "-, http://evil.example:9404@page, page:9404, 403",
        "-, null, page:9404, 403",
        "-, 'http://[', page:9404, 403",
        "-, http://page:9404, -, 403",
        "-, -, page:9404, 200"
      })
  void shouldTellItsOwnPageFromOtherSites(String site, String origin, String host, int status)
      throws Exception {
    // given
    Map<String, String> headers = new HashMap<>();
    headers.put("sec-fetch-site", site);
    headers.put("origin", origin);
    headers.put("host", host);
    headers.values().removeIf(Objects::isNull);

    // when
    Reply reply = post(true, JSON, headers, GOOD);

    // then
    assertThat(reply.status()).isEqualTo(status);
    assertThat(sender.labels).hasSize(status == 200 ? 1 : 0);
  }

  /** A form of another site can send these without asking. */
  @ParameterizedTest
  @CsvSource({"text/plain", "application/x-www-form-urlencoded", "''"})
  void shouldTakeJsonOnly(String type) throws Exception {
    assertThat(post(true, type, Map.of(), GOOD).status()).isEqualTo(415);
    assertThat(sender.labels).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"imageId\": \"a\", \"label\": 2} | 0 to 1 or the name of a class, was 2",
        "{\"imageId\": \"a\", \"label\": -1} | was -1",
        "{\"imageId\": \"a\", \"label\": 99999999999} | was 99999999999",
        "{\"imageId\": \"a\", \"label\": \"dog\"} | was \"dog\"",
        "{\"imageId\": \"a\", \"label\": 1.0} | label: must be",
        "{\"imageId\": \"a\"} | label: must be",
        "{\"imageId\": \" \", \"label\": 1} | imageId: must be",
        "{\"imageId\": 3, \"label\": 1} | imageId: must be",
        "{\"label\": 1} | imageId: must be",
        "[] | imageId: must be",
        "{\"imageId\": | no JSON",
        "{} {} | no JSON",
        "'' | imageId: must be"
      })
  void shouldSayWhatIsWrongInARequest(String body, String message) throws Exception {
    // when
    Reply reply = post(true, JSON, Map.of(), body);

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(error(reply)).contains(message);
    assertThat(sender.labels).isEmpty();
  }

  @Test
  void shouldRefuseAnIdThatIsTooLong() throws Exception {
    // given
    String id = "x".repeat(LabelRequest.LONGEST_ID + 1);

    // when
    Reply reply = post(true, JSON, Map.of(), GOOD.replace("cat.jpg", id));

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(error(reply)).contains("at most 4000 characters");
  }

  @Test
  void shouldAskForAnotherTryBeforeTheTrainerHasToldItsClasses() throws Exception {
    // given
    training = TrainingStatus.UNKNOWN;

    // then
    assertThat(post(true, JSON, Map.of(), GOOD).status()).isEqualTo(503);
    assertThat(sender.labels).isEmpty();
  }

  @Test
  void shouldTakeNoClassForAMask() throws Exception {
    // given
    training = student("segmentation");

    // when
    Reply reply = post(true, JSON, Map.of(), GOOD);

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(error(reply)).contains("segmentation");
  }

  @Test
  void shouldSayThatALabelCouldNotBeWrittenAndTakeItAgain() throws Exception {
    try (LabelEndpoint endpoint = endpoint(true, 120)) {
      // given
      sender.away = true;

      // when
      Reply failed = post(endpoint, JSON, Map.of(), GOOD);
      sender.away = false;
      Reply again = post(endpoint, JSON, Map.of(), GOOD);

      // then
      assertThat(failed.status()).isEqualTo(503);
      assertThat(error(failed)).isEqualTo("no broker; try again");
      assertThat(told).singleElement().isInstanceOf(LabelNotTakenException.class);
      assertThat(again.status()).isEqualTo(200);
    }
    assertThat(sender.closed).isTrue();
  }

  @Test
  void shouldTakeNoMoreThanItsRate() throws Exception {
    try (LabelEndpoint endpoint = endpoint(true, 2)) {
      // when, then
      assertThat(post(endpoint, JSON, Map.of(), GOOD).status()).isEqualTo(200);
      assertThat(post(endpoint, JSON, Map.of(), GOOD.replace("1}", "7}")).status()).isEqualTo(400);
      assertThat(post(endpoint, JSON, Map.of(), GOOD).status()).isEqualTo(200);
      assertThat(post(endpoint, JSON, Map.of(), GOOD).status()).isEqualTo(429);
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(29));
      assertThat(post(endpoint, JSON, Map.of(), GOOD).status()).isEqualTo(429);
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
      assertThat(post(endpoint, JSON, Map.of(), GOOD).status()).isEqualTo(200);
    }
  }

  private Reply post(boolean write, String type, Map<String, String> headers, String body)
      throws InterruptedException {
    try (LabelEndpoint endpoint = endpoint(write, 120)) {
      return post(endpoint, type, headers, body);
    }
  }

  private static Reply post(
      LabelEndpoint endpoint, String type, Map<String, String> headers, String body)
      throws InterruptedException {
    return endpoint
        .endpoint()
        .handler()
        .handle(new Request(type, Map.of(), headers, body.getBytes(UTF_8)));
  }

  private LabelEndpoint endpoint(boolean write, int perMinute) {
    return new LabelEndpoint(
        new PageLabelSettings(write, perMinute),
        () -> training,
        told::add,
        sender,
        InstantSource.fixed(NOW),
        nanos::get);
  }

  private static String error(Reply reply) {
    return ((Map<?, ?>) reply.body()).get("error").toString();
  }

  private static ImageLabel label(String id, int label) {
    return ImageLabel.newBuilder()
        .setImageId(id)
        .setLabel(label)
        .setSource("page")
        .setLabeledAt(NOW)
        .build();
  }

  private static TrainingStatus student(String task) {
    return new TrainingStatus(
        "s",
        task,
        List.of("sky", "cat"),
        1L,
        1L,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        null,
        null,
        null);
  }

  private static final class RecordingSender implements LabelSender {
    private final List<ImageLabel> labels = new ArrayList<>();
    private boolean away;
    private boolean closed;

    @Override
    public void send(ImageLabel label) throws LabelNotTakenException {
      if (away) {
        throw new LabelNotTakenException("no broker", null);
      }
      labels.add(label);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
