package io.stillstream.trainer.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.predict.PredictionMetrics.Outcome;
import io.stillstream.trainer.release.ManualPromotion;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictEndpointTest {
  private static final Path STUDENTS = Path.of("src/test/resources/students");
  private static final ModelSpec MODEL = ModelSpec.load(STUDENTS.resolve("cnn"), "student");
  private static final int MAX_PIXELS = 10_000;

  @TempDir Path directory;
  private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore turn = new Semaphore(1);
  private ReleaseStore store;
  private ReleaseWriter releases;
  private ChampionPredictor predictor;
  private HttpEndpoint endpoint;

  @BeforeEach
  void open() throws IOException {
    store = new ReleaseStore(directory, new DurableFiles());
    releases =
        new ReleaseWriter(
            store,
            5,
            MODEL,
            Map.of(),
            () -> {},
            InstantSource.fixed(Instant.EPOCH),
            Optional.empty());
    predictor = new ChampionPredictor(store, 1, MAX_PIXELS, Duration.ofMillis(5));
    endpoint = endpoint(Duration.ofMinutes(1));
    predictor.start();
  }

  private HttpEndpoint endpoint(Duration patience) {
    return new PredictEndpoint(
            predictor,
            (outcome, took) -> outcomes.add(outcome),
            System::nanoTime,
            () -> "no release: step 4 of 5",
            patience,
            turn)
        .endpoint(100_000);
  }

  @AfterEach
  void close() {
    predictor.close();
  }

  @Test
  void shouldAnswerWithTheChampionsMostProbableClasses() throws Exception {
    // given
    publish(1);

    // when
    Reply reply = predictWhenReady(Map.of("top", "3"), png(8));

    // then
    assertThat(reply.status()).isEqualTo(200);
    Map<?, ?> json = (Map<?, ?>) reply.body();
    assertThat(json.get("student")).isEqualTo("cnn");
    assertThat(json.get("version")).isEqualTo(1L);
    assertThat(json.get("step")).isEqualTo(100L);
    assertThat(json.get("sha256")).isEqualTo(MODEL.sha256());
    assertThat(json.get("probabilities")).asInstanceOf(list(Map.class)).hasSize(3);
    List<?> best = (List<?>) json.get("probabilities");
    Map<?, ?> first = (Map<?, ?>) best.get(0);
    assertThat(json.get("class")).isEqualTo(first.get("class"));
    assertThat(json.get("index")).isEqualTo(first.get("index"));
    assertThat((double) first.get("probability"))
        .isGreaterThanOrEqualTo((double) ((Map<?, ?>) best.get(1)).get("probability"));
    assertThat(outcomes).endsWith(Outcome.PREDICTED);
  }

  @Test
  void shouldAnswerTheSameForFilesAndBarePixels() throws Exception {
    // given
    publish(1);

    // when
    Reply file = predictWhenReady(Map.of(), png(16));
    Reply bare = raw(Map.of("height", "16", "width", "16", "channels", "1"), pixels(16));

    // then
    assertThat(bare.status()).isEqualTo(200);
    assertThat(bare.body()).isEqualTo(file.body());
    List<?> probabilities = (List<?>) ((Map<?, ?>) file.body()).get("probabilities");
    assertThat(probabilities).hasSize(5);
    assertThat(probabilities.stream().mapToDouble(p -> (double) ((Map<?, ?>) p).get("probability")))
        .allMatch(p -> p > 0 && p < 1);
    assertThat(
            probabilities.stream()
                .mapToDouble(p -> (double) ((Map<?, ?>) p).get("probability"))
                .sum())
        .isBetween(0.999, 1.001);
  }

  @Test
  void shouldBeUnavailableBeforeTheFirstRelease() throws Exception {
    // when
    Reply reply = predict(Map.of(), png(8));

    // then
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).isEqualTo(Map.of("error", "no release: step 4 of 5"));
    assertThat(outcomes).containsExactly(Outcome.UNAVAILABLE);
  }

  @Test
  void shouldSayWhatIsWrongWithARequest() throws Exception {
    // given
    publish(1);
    predictWhenReady(Map.of(), png(8));

    // when, then
    refused(predict(Map.of(), new byte[0]), "not an image file");
    refused(
        predict(Map.of(), "hello, world".getBytes(UTF_8)), "neither JPEG, PNG, GIF, WebP nor BMP");
    refused(predict(Map.of(), Arrays.copyOf(png(8), 40)), "PNG file is truncated");
    refused(predict(Map.of(), png(101)), "at most 10000 pixels, was 101 x 101");
    refused(predict(Map.of("top", "0"), png(8)), "parameter top must be a whole number from 1");
    refused(predict(Map.of("top", "many"), png(8)), "was many");
    refused(raw(Map.of(), pixels(8)), "application/x-raw-pixels needs the parameter height");
    refused(
        raw(Map.of("height", "8", "width", "8", "channels", "2"), pixels(8)),
        "channels must be 1, 3 or 4, was 2");
    refused(
        raw(Map.of("height", "8", "width", "9", "channels", "1"), pixels(8)),
        "8 x 9 x 1 pixels take 72 bytes, there are 64");
    assertThat(outcomes).endsWith(Outcome.REFUSED);
  }

  @Test
  void shouldRefuseScanBombsWithoutWaitingForATurn() throws Exception {
    // given: another image, which is never done
    publish(1);
    predictWhenReady(Map.of(), png(8));
    turn.acquire();
    String frame = "FFD8 FFC2000B 08 0040 0040 01 01 11 00";
    String scan = "FFDA0008 01 01 00 010500";
    String arithmetic = "FFD8 FFCA000B 08 0064 0064 01 01 11 00";

    // when, then
    refused(
        predict(Map.of(), hex(frame + scan.repeat(5000) + "FFD9")), "JPEG of more than 100 scans");
    refused(
        predict(Map.of(), hex(arithmetic + scan.repeat(100) + "FFD9")),
        "must visit at most 16777216 samples");
    refused(predict(Map.of(), png(101)), "at most 10000 pixels, was 101 x 101");
  }

  @Test
  void shouldRefuseAMaskOfAClassifierWithoutWaitingForATurn() throws Exception {
    // given: another image, which is never done
    publish(1);
    predictWhenReady(Map.of(), png(8));
    turn.acquire();

    // when, then
    refused(predict(Map.of("format", "png"), png(8)), "the student's answer is no mask");
  }

  @Test
  void shouldBeUnavailableWhileOthersTakeTheirTime() throws Exception {
    // given
    publish(1);
    predictWhenReady(Map.of(), png(8));

    // when
    turn.acquire();
    Reply reply =
        endpoint(Duration.ofMillis(1)).handler().handle(new Request("image/png", Map.of(), png(8)));

    // then
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body())
        .isEqualTo(Map.of("error", "other images are being predicted: again later"));
    assertThat(outcomes).endsWith(Outcome.UNAVAILABLE);
    turn.release();
    assertThat(predict(Map.of(), png(8)).status()).isEqualTo(200);
    assertThat(turn.availablePermits()).isOne();
  }

  @Test
  void shouldGiveItsTurnBackWhenAnImageIsDamaged() throws Exception {
    // given: a scan without tables, which only the decoder misses
    publish(1);
    predictWhenReady(Map.of(), png(8));
    String damaged = "FFD8 FFC0000B 08 0008 0008 01 01 11 00 FFDA0008 01 01 00 003F00 FFD9";

    // when
    Reply reply = predict(Map.of(), hex(damaged));

    // then
    assertThat(reply.status()).isEqualTo(400);
    assertThat(turn.availablePermits()).isOne();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  @Test
  void shouldSwapChampionsWithoutFailingARequest() throws Exception {
    // given
    publish(1);
    publish(2);
    predictWhenReady(Map.of(), png(8));
    AtomicBoolean done = new AtomicBoolean();
    List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Void> client =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                statuses.add(predictUnchecked().status());
              }
            });

    // when
    ManualPromotion promotion = new ManualPromotion(store);
    for (int i = 0; i < 6; i++) {
      long version = 1L + i % 2;
      promotion.promote(version);
      await().until(() -> version(predictUnchecked()) == version);
    }
    done.set(true);
    client.join();

    // then
    assertThat(statuses).isNotEmpty().containsOnly(200);
  }

  @Test
  void shouldKeepTheChampionBeforeWhenTheNextIsDamaged() throws Exception {
    // given
    publish(1);
    assertThat(version(predictWhenReady(Map.of(), png(8)))).isEqualTo(1);

    // when
    publish(2);
    await().until(() -> version(predictUnchecked()) == 2);
    Files.write(store.directory(1).resolve("student.pt"), new byte[] {1});
    Path aside = directory.resolve("aside");
    Files.createSymbolicLink(aside, Path.of("1"));
    new DurableFiles().move(aside, store.current());

    // then: it has looked at the damaged one several times
    for (int i = 0; i < 20; i++) {
      assertThat(version(predictUnchecked())).isEqualTo(2);
    }
  }

  @Test
  void shouldRefuseAfterItHasBeenClosed() throws Exception {
    // given
    publish(1);
    predictWhenReady(Map.of(), png(8));

    // when
    predictor.close();

    // then
    assertThat(predict(Map.of(), png(8)).status()).isEqualTo(503);
  }

  private void publish(long version) throws IOException {
    TrainerState state =
        new TrainerState(
            "cnn",
            "ab",
            "labeled-views",
            Map.of(0, 7L),
            100,
            300,
            0,
            List.of(),
            List.of(),
            0.25,
            0.004,
            "",
            version,
            100,
            0,
            List.of(),
            PromotionState.begin(version),
            null,
            List.of(),
            Map.of(),
            TopicIdentity.UNKNOWN,
            Map.of());
    releases.write(state, Files.readAllBytes(MODEL.file()), ReleaseMeasurements.NONE);
  }

  private Reply predictWhenReady(Map<String, String> parameters, byte[] body) throws Exception {
    await().until(() -> predictUnchecked().status() == 200);
    return predict(parameters, body);
  }

  private Reply predictUnchecked() {
    try {
      return predict(Map.of(), png(8));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Reply predict(Map<String, String> parameters, byte[] body) throws InterruptedException {
    return endpoint.handler().handle(new Request("image/whatever", parameters, body));
  }

  private Reply raw(Map<String, String> parameters, byte[] body) throws InterruptedException {
    return endpoint.handler().handle(new Request("application/x-raw-pixels", parameters, body));
  }

  private static long version(Reply reply) {
    return (long) ((Map<?, ?>) reply.body()).get("version");
  }

  private static void refused(Reply reply, String reason) {
    assertThat(reply.status()).isEqualTo(400);
    assertThat((String) ((Map<?, ?>) reply.body()).get("error")).contains(reason);
  }

  private static byte[] pixels(int side) {
    byte[] pixels = new byte[side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7);
    }
    return pixels;
  }

  private static byte[] png(int side) {
    ByteBuffer file = PixelCodec.encode(PixelEncoding.PNG, side, side, 1, pixels(side));
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return bytes;
  }
}
