package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.page.PageConfig;
import io.stillstream.page.PageService;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ClassScore;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Images to label on the live page of the demo's own pipeline, in a real browser. Their requests
 * are written by the test, above all that the trainer may write itself.
 */
@RequiresTool(ExternalTool.CHROMIUM)
final class ReviewPageIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final int SHIRT = 6;
  private static final int COAT = 4;

  @TempDir static Path directory;
  private static ContinuouslyFedPipeline fed;
  private static CuttableTcpProxy cable;
  private static HeadlessBrowser browser;
  private static String page;
  private static int written;

  private String first;
  private String second;

  @BeforeAll
  static void start() {
    browser = new HeadlessBrowser();
    fed = new ContinuouslyFedPipeline(directory, false);
    cable = new CuttableTcpProxy(URI.create(fed.pipeline().managementUrl()).getPort());
    page = "http://127.0.0.1:%d/page/".formatted(cable.port());
    browser.show(1280, "light");
    browser.open(page);
    await().until(() -> browser.text("#state-text").equals("live"));
    await().until(() -> browser.text("#title").contains(" · "));
  }

  @AfterAll
  static void stop() {
    browser.close();
    cable.close();
    fed.close();
  }

  @BeforeEach
  void request() throws Exception {
    first = "review/" + written++;
    second = "review/" + written++;
    browser.show(1280, "light");
    browser.script("document.activeElement.blur()");
    send(first, 2);
    send(second, 1);
    await().until(() -> browser.count(card(first)) == 1 && browser.count(card(second)) == 1);
  }

  @AfterEach
  void label() {
    cable.mend();
    assertThat(fed.failure()).isEmpty();
    for (String id : List.of(first, second)) {
      assertThat(post(page + "labels", "{\"imageId\": \"%s\", \"label\": 0}".formatted(id)))
          .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    }
    browser.one("#title").click(); // the pointer is elsewhere then
    await().until(() -> browser.count(card(first)) + browser.count(card(second)) == 0);
    assertThat(browser.complaints()).filteredOn(line -> !line.contains("net::ERR_")).isEmpty();
  }

  @Test
  void shouldShowTheImageAndWhatBothModelsSay() throws Exception {
    assertThat(browser.text(card(first) + " .why")).startsWith("they disagree · priority 100 %");
    assertThat(browser.count(card(first) + " img")).isEqualTo(1);
    assertThat(texts(card(first) + " .bars.teacher .name")).containsExactly("Shirt", "Coat");
    assertThat(texts(card(first) + " .bars.student .name")).containsExactly("Coat", "Shirt");
    assertThat(texts(card(first) + " .choices[role=group] button"))
        .containsExactly("Shirt", "Coat");
    assertThat(browser.text("#reviews-total")).contains("wait", "highest priority first");
    for (int width : new int[] {1280, 390}) {
      for (String theme : List.of("light", "dark")) {
        browser.show(width, theme);
        Number widest = browser.script("return document.documentElement.scrollWidth");
        assertThat(widest.intValue()).isLessThanOrEqualTo(width);
        assertThat(browser.violations()).as("%s, %d pixels", theme, width).isEmpty();
        browser.screenshot(
            SCREENSHOTS.resolve("reviews-%s-%d.png".formatted(theme, width)), "#reviews");
      }
    }
  }

  @Test
  void shouldWriteTheClassThatIsClickedAndLetTheImageLeave() {
    // when
    click(button(first, SHIRT));

    // then
    await().until(() -> labels(first).size() == 1);
    ImageLabel label = labels(first).get(0);
    assertThat(label.getLabel()).isEqualTo(SHIRT);
    assertThat(label.getMask()).isNull();
    assertThat(label.getSource()).isEqualTo("page");
    await().until(() -> browser.text(card(first) + " .said").equals("labelled Shirt"));
    assertThat(browser.text("#reviews-said")).isEqualTo(first + ": labelled Shirt");

    // when: the pointer leaves
    browser.one("#title").click();

    // then
    await().until(() -> browser.count(card(first)) == 0);
    assertThat(browser.count(card(second))).isEqualTo(1);
  }

  @Test
  void shouldReachTheTrainersBuffer() throws Exception {
    // given: an image that it trained on
    String trained = "fashion-mnist/train/000000";
    await().until(() -> fed.pipeline().trainer().viewsSeen() > 1_000);
    double before = lateLabels();
    send(trained, 3);
    await().until(() -> browser.count(card(trained)) == 1);

    // when
    click(button(trained, SHIRT));

    // then
    await().until(() -> lateLabels() > before);
    browser.one("#title").click();
    await().until(() -> browser.count(card(trained)) == 0);
  }

  private static double lateLabels() {
    return fed.pipeline().meters().get("student.labels").tag("match", "late").counter().count();
  }

  @Test
  void shouldLabelAgainWhileThePointerIsThere() {
    // when: a wrong one, then the right one
    click(button(first, SHIRT));
    await().until(() -> browser.text(card(first) + " .said").equals("labelled Shirt"));
    click(button(first, COAT));

    // then
    await().until(() -> labels(first).size() == 2);
    assertThat(labels(first)).extracting(ImageLabel::getLabel).containsExactly(SHIRT, COAT);
    await()
        .until(
            () -> "true".equals(browser.one(button(first, COAT)).getDomAttribute("aria-pressed")));
    assertThat(browser.one(button(first, SHIRT)).getDomAttribute("aria-pressed"))
        .isEqualTo("false");
  }

  @Test
  void shouldLabelByKeyboardAsAnyClass() {
    // given
    WebElement select = browser.one(card(first) + " select");
    browser.script("arguments[0].focus()", select);
    assertThat(select.getDomAttribute("aria-label")).isEqualTo("Another class of " + first);

    // when: the last of the list
    select.sendKeys(Keys.END, Keys.TAB);
    WebElement button = browser.script("return document.activeElement");
    button.sendKeys(Keys.ENTER);

    // then
    await().until(() -> labels(first).size() == 1);
    assertThat(labels(first).get(0).getLabel()).isEqualTo(9);
    await().until(() -> browser.text(card(first) + " .said").equals("labelled Ankle boot"));
    Boolean focused = browser.script("return document.activeElement.closest('.review') !== null");
    assertThat(focused).isTrue();
  }

  @Test
  void shouldTakeTheClickAgainAfterItFailed() {
    // given
    cable.cut();

    // when
    click(button(first, SHIRT));

    // then
    await().until(() -> browser.text(card(first) + " .said").startsWith("not labelled"));
    assertThat(labels(first)).isEmpty();

    // when
    cable.mend();
    click(button(first, SHIRT));

    // then
    await().until(() -> browser.text(card(first) + " .said").equals("labelled Shirt"));
    assertThat(labels(first)).hasSize(1);
  }

  @Test
  void shouldRefuseWhatAnotherSiteSends() {
    // given
    String body = "{\"imageId\": \"%s\", \"label\": 1}".formatted(first);

    // when, then
    assertThat(post(page + "labels", body, "Origin", "http://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(post(page + "labels", body, "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(post(page + "labels", "x".repeat(100_000)).statusCode()).isEqualTo(413);
    assertThat(labels(first)).isEmpty();
  }

  @Test
  void shouldShowTheSameAfterARestartAndTakeNothingWhereLabelsAreOff() throws Exception {
    // given
    assertThat(post(page + "labels", "{\"imageId\": \"%s\", \"label\": 1}".formatted(first)))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    String yaml = Files.readString(directory.resolve("config/page.yaml"));
    assertThat(yaml).contains("write: true");
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    PageService another =
        new PageService(
            YamlSettings.parse(
                yaml.replace("write: true", "write: false"), PageConfig.class, Map.of()),
            meters,
            false);
    try (ManagementServer server =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0), meters, Health::of, Map.of())) {
      server.add(another.endpoints());
      server.add(another.site());
      another.start();
      String url = "http://127.0.0.1:%d/page/".formatted(server.port());

      // when
      browser.open(url);

      // then
      await().until(() -> browser.count(card(second)) == 1);
      assertThat(browser.count(card(first))).isZero();
      assertThat(browser.count("#reviews-list button, #reviews-list select")).isZero();
      HttpResponse<String> refused =
          post(url + "labels", "{\"imageId\": \"%s\", \"label\": 1}".formatted(second));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("labels.write is false");
      assertThat(labels(second)).isEmpty();
    } finally {
      another.close();
      browser.open(page);
      await().until(() -> browser.text("#state-text").equals("live"));
    }
  }

  private static String card(String id) {
    return "#reviews-list .review[data-image='%s']".formatted(id);
  }

  private static String button(String id, int label) {
    String name = label == SHIRT ? "Shirt" : "Coat";
    return card(id) + " button[aria-label='Label %s as %s']".formatted(id, name);
  }

  /** By the pointer, which stays there. What is above may grow meanwhile. */
  private static void click(String selector) {
    await()
        .ignoreException(ElementClickInterceptedException.class)
        .until(
            () -> {
              WebElement element = browser.one(selector);
              browser.script(
                  "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element);
              element.click();
              return true;
            });
  }

  private static List<String> texts(String selector) {
    return browser.script(
        "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)",
        selector);
  }

  private static HttpResponse<String> post(String url, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static List<ImageLabel> labels(String id) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(fed.pipeline().clients(), Topics.LABELS)) {
      reader.readAll(records::add);
    }
    try (RecordValueDeserializer<ImageLabel> values =
        new RecordValueDeserializer<>(
            ImageLabel.class, fed.pipeline().clients(), new SimpleMeterRegistry())) {
      List<ImageLabel> labels = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (new String(record.key(), UTF_8).equals(id)) {
          labels.add(values.deserialize(record.topic(), record.headers(), record.value()));
        }
      }
      return labels;
    } catch (BadRecordException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Of the highest priority.
   *
   * @param hours how far ahead of now: it comes before all requests of the trainer
   */
  private static void send(String id, int hours) throws Exception {
    ReviewRequest request =
        ReviewRequest.newBuilder()
            .setImageId(id)
            .setStudent(student())
            .setStep(1)
            .setReason(ReviewReason.DISAGREEMENT)
            .setPriority(1)
            .setTeacherTop(
                List.of(new ClassScore(SHIRT, "Shirt", 0.6), new ClassScore(COAT, "Coat", 0.4)))
            .setStudentTop(
                List.of(new ClassScore(COAT, "Coat", 0.7), new ClassScore(SHIRT, "Shirt", 0.3)))
            .setThumbnail(fed.images().png(0))
            .setCapturedAt(Instant.now())
            .setRequestedAt(Instant.now().plus(Duration.ofHours(hours)))
            .build();
    Map<String, String> clients = fed.pipeline().clients();
    try (RecordValueSerializer<ReviewRequest> values =
            new RecordValueSerializer<>(clients, new SimpleMeterRegistry());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients, Map.of()))) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.REVIEW_REQUESTS,
                  id.getBytes(UTF_8),
                  values.serialize(Topics.REVIEW_REQUESTS, request)))
          .get();
    }
  }

  /** As the page's title says it. */
  private static String student() {
    String title = browser.text("#title");
    return title.substring(title.lastIndexOf(" · ") + 3);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).failFast(() -> fed.failure().isPresent());
  }
}
