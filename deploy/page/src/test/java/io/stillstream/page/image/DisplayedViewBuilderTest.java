package io.stillstream.page.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import io.stillstream.page.image.DisplayedImage.DisplayedMask;
import io.stillstream.page.image.DisplayedImage.DisplayedView;
import io.stillstream.page.trainer.ClassProbability;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.page.trainer.TrainerSettings;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.IndexedPng;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PngDataUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DisplayedViewBuilderTest {
  private static final List<String> CLASSES = List.of("sky", "cat");
  private static final byte[] GREY = new byte[6];
  private static final TrainingStatus KNOWN =
      new TrainingStatus(
          "s", null, CLASSES, 1L, 1L, null, null, null, null, null, null, null, 0, 0, null, null,
          null);

  private HttpServer trainer;
  private String prediction = "";
  private DisplayedViewBuilder builder;

  @BeforeEach
  void open() throws IOException {
    trainer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    trainer.createContext(
        "/predict",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] bytes = prediction.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    trainer.start();
    URI url = URI.create("http://127.0.0.1:" + trainer.getAddress().getPort());
    builder =
        new DisplayedViewBuilder(
            new TrainerClient(
                new TrainerSettings(url, Optional.empty(), Optional.empty(), Optional.empty())));
    builder.begin(KNOWN);
  }

  @AfterEach
  void close() {
    trainer.stop(0);
  }

  @Test
  void shouldShowTheClassesOfAClassifier() throws Exception {
    // given
    prediction = "{\"probabilities\": [{\"class\": \"cat\", \"probability\": 1}]}";

    // when
    DisplayedView view = build(labeled(OutputShape.classification(2), 0, 0));

    // then
    assertThat(view.teacher())
        .containsExactly(new ClassProbability("sky", 0.5), new ClassProbability("cat", 0.5));
    assertThat(view.student()).containsExactly(new ClassProbability("cat", 1));
    assertThat(view.truthMask()).isNull();
    assertThat(view.teacherMask()).isNull();
    assertThat(view.studentMask()).isNull();
    assertThat(view.cosine()).isNull();
  }

  @Test
  void shouldDrawMasksOfTruthTeacherAndStudent() throws Exception {
    // given
    SegmentationMask truth = mask(-1, 1, 1, 1, 1, 1);
    SegmentationMask student = mask(0, 1, 0, 0, 0, 0);
    prediction = "{\"mask\": \"%s\"}".formatted(PngDataUrl.url(IndexedPng.encode(student)));
    LabeledView labels =
        labeled(OutputShape.segmentation(2, 2, 3, 1), 0, 0, 0, 0, 0, 0, 9, 9, -9, -9, -9, -9);
    labels.getView().setMask(MaskCodec.encode(truth));

    // when
    DisplayedView view = build(labels);

    // then
    assertThat(view.truthMask())
        .isEqualTo(
            displayed(
                truth,
                new ClassProbability("cat", 0.8333),
                new ClassProbability("ignore", 0.1667)));
    assertThat(view.teacherMask())
        .isEqualTo(
            displayed(
                mask(1, 1, 0, 0, 0, 0),
                new ClassProbability("sky", 0.6667),
                new ClassProbability("cat", 0.3333)));
    assertThat(view.studentMask())
        .isEqualTo(
            displayed(
                student, new ClassProbability("sky", 0.8333), new ClassProbability("cat", 0.1667)));
    assertThat(view.teacher()).isNull();
    assertThat(view.student()).isNull();
  }

  @Test
  void shouldCompareEmbeddings() throws Exception {
    // given
    prediction = "{\"embedding\": [0, 2]}";

    // then
    assertThat(build(labeled(OutputShape.embedding(2), 3, 4)).cosine())
        .isCloseTo(0.8, within(1e-6));
    assertThat(build(labeled(OutputShape.embedding(2), 0, 0)).cosine()).isNull();
    assertThat(build(labeled(OutputShape.embedding(3), 1, 2, 3)).cosine()).isNull();
  }

  @Test
  void shouldShowTheViewAloneIfNothingElseIsUsable() throws Exception {
    // given: a mask of another size, a damaged truth, and a record that contradicts itself
    prediction =
        "{\"mask\": \"%s\"}"
            .formatted(PngDataUrl.url(IndexedPng.encode(new SegmentationMask(1, 1, new byte[1]))));
    LabeledView labels = labeled(OutputShape.embedding(2), 1, 2);
    labels.getEmbedding().setDimensions(3);
    labels.getView().setMask(ByteBuffer.allocate(2));

    // when
    DisplayedView view = build(labels);

    // then
    assertThat(view.png()).startsWith("data:image/png;base64,");
    assertThat(view)
        .isEqualTo(
            new DisplayedView(0, "original", view.png(), null, null, null, null, null, null));
  }

  private DisplayedView build(LabeledView labels) throws InterruptedException {
    return builder.build(SampledView.of(labels), CLASSES).orElseThrow();
  }

  private static LabeledView labeled(OutputShape output, float... row) {
    AugmentedView view = ImageGroupsTest.view("a", 0, 1);
    return LabeledAnswers.labeled(
        view, List.of(), row, output, OptionalInt.empty(), Instant.ofEpochMilli(3));
  }

  private static DisplayedMask displayed(SegmentationMask mask, ClassProbability... shares) {
    byte[] rgb = MaskOverlay.rgb(GREY, 2, 3, 1, mask);
    return new DisplayedMask(ImageSampler.PICTURES.of(rgb, 2, 3, 3), List.of(shares));
  }

  private static SegmentationMask mask(int... classes) {
    byte[] bytes = new byte[classes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) classes[i];
    }
    return new SegmentationMask(2, 3, bytes);
  }
}
