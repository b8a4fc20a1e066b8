package io.stillstream.local.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.examples.PythonPrograms.Packages;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs of {@code deploy/examples/python} beside the demo, run as their README says. */
@RequiresTool(ExternalTool.PYTHON_EXAMPLES)
final class PythonExamplesIT {
  private static final int PHOTOS = 30;
  private static final Pattern RIGHT =
      Pattern.compile("the teacher names ([\\d.]+)% of (\\d+) views with a class right");

  @TempDir private static Path directory;
  private static TrainedDemo demo;

  @BeforeAll
  static void start() throws Exception {
    demo = TrainedDemo.start(directory.resolve("demo"));
    Path photos = Files.createDirectory(directory.resolve("photos"));
    for (int i = 0; i < PHOTOS; i++) {
      Files.write(photos.resolve(i + ".png"), demo.png(i));
    }
    Files.writeString(photos.resolve("notes.txt"), "no image");
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void shouldSendImagesThatBecomeLabeledViews() throws Exception {
    // when
    List<String> said = programs(Packages.PYPI).run(ExampleCommands.PRODUCE);

    // then
    assertThat(said).containsExactly("30 of 30 images are sent");
    assertThat(said).isEqualTo(ExampleCommands.output(ExampleCommands.PRODUCE));
    List<ImageEvent> sent =
        demo.records(Topics.IMAGES, ImageEvent.class).stream()
            .filter(event -> event.getImageId().startsWith("photos/"))
            .toList();
    assertThat(sent).extracting(ImageEvent::getImageId).doesNotHaveDuplicates().hasSize(PHOTOS);
    for (ImageEvent event : sent) {
      Path file = directory.resolve(event.getImageId());
      assertThat(event.getPayload()).isEqualTo(ByteBuffer.wrap(Files.readAllBytes(file)));
      assertThat(event.getContentType()).isEqualTo("image/png");
      assertThat(event.getCapturedAt().toEpochMilli())
          .isEqualTo(Files.getLastModifiedTime(file).toMillis());
      assertThat(event.getLabel()).isNull();
    }
    demo.await(() -> labeledPhotos() == PHOTOS * TrainedDemo.VIEWS);
  }

  private static long labeledPhotos() {
    return demo.keys(Topics.LABELED_VIEWS).stream().filter(id -> id.startsWith("photos/")).count();
  }

  @Test
  void shouldReadTheViewsOfTheDemo() throws Exception {
    // given
    PythonPrograms programs = programs(Packages.DEBIAN);
    Files.writeString(directory.resolve("write_all.py"), ViewLines.WRITE_ALL);

    // when
    List<String> said = programs.run(ExampleCommands.READ);
    assertThat(programs.run("python3 write_all.py labeled-views views 0")).isEmpty();

    // then
    List<LabeledView> views = demo.records(Topics.LABELED_VIEWS, LabeledView.class);
    List<String> lines = Files.readAllLines(directory.resolve("views"));
    assertThat(lines).hasSizeGreaterThanOrEqualTo(TrainedDemo.IMAGES * TrainedDemo.VIEWS);
    assertThat(lines).isEqualTo(views.stream().limit(lines.size()).map(ViewLines::of).toList());
    List<LabeledView> first =
        views.stream().limit(1000).filter(view -> view.getView().getLabel() != null).toList();
    long right = first.stream().filter(PythonExamplesIT::isRight).count();
    assertThat(masked(said)).isEqualTo(masked(ExampleCommands.output(ExampleCommands.READ)));
    Matcher matcher = RIGHT.matcher(said.get(1));
    assertThat(matcher.matches()).as(said.get(1)).isTrue();
    assertThat(Integer.parseInt(matcher.group(2))).isEqualTo(first.size());
    assertThat(Double.parseDouble(matcher.group(1)))
        .isCloseTo(100.0 * right / first.size(), within(0.051));
  }

  private static boolean isRight(LabeledView view) {
    List<Float> logits = view.getLogits();
    int top =
        IntStream.range(0, logits.size())
            .reduce(0, (best, k) -> logits.get(k) > logits.get(best) ? k : best);
    return top == view.getView().getLabel().getPrimary();
  }

  @ParameterizedTest
  @EnumSource
  void shouldAnswerAsTheTrainer(Packages packages) throws Exception {
    Path release = demo.trainer().resolve("releases/current");
    String directoryInstead = ExampleCommands.SERVE.replace(" cnn", " " + release);
    for (String command : List.of(ExampleCommands.SERVE, directoryInstead)) {
      try (PredictProcess server = PredictProcess.start(programs(packages), command)) {
        // when, then
        demo.await(() -> server.isServing("cnn 1"));
        assertThat(masked(server.announcements()))
            .isEqualTo(masked(ExampleCommands.output(ExampleCommands.SERVE)));
        for (int i = 0; i < PHOTOS; i++) {
          assertSame(server.predict(demo.png(i)), demo.predict(demo.png(i)));
        }
        assertSame(server.predict(demo.jpeg(0, 90, 70)), demo.predict(demo.jpeg(0, 90, 70)));
        assertSame(server.predict(demo.jpeg(1, 20, 35)), demo.predict(demo.jpeg(1, 20, 35)));

        // and: what is no image is refused, and the server goes on
        assertThat(server.post("no image".getBytes(UTF_8)).statusCode()).isEqualTo(400);
        assertThat(server.post(new byte[0]).statusCode()).isEqualTo(400);

        // and: as the README asks
        String curl =
            ExampleCommands.PREDICT.replace("http://127.0.0.1:8000", server.address().toString());
        String said = String.join("\n", programs(packages).run(curl));
        assertSame(
            PredictProcess.json(said.substring(said.indexOf('{'))), demo.predict(demo.png(0)));
      }
    }
  }

  private static void assertSame(JsonNode actual, JsonNode expected) {
    for (String field : List.of("student", "version", "sha256", "step", "class", "index")) {
      assertThat(actual.path(field)).as(field).isEqualTo(expected.path(field));
    }
    assertThat(actual.path("probabilities")).hasSize(5);
    for (int k = 0; k < 5; k++) {
      JsonNode mine = actual.path("probabilities").path(k);
      JsonNode trainers = expected.path("probabilities").path(k);
      assertThat(mine.path("class")).isEqualTo(trainers.path("class"));
      assertThat(mine.path("index")).isEqualTo(trainers.path("index"));
      assertThat(mine.path("probability").asDouble())
          .isCloseTo(trainers.path("probability").asDouble(), within(1e-3));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAFileThatIsNotOfItsCard(Packages packages) throws Exception {
    // given
    Path release = directory.resolve("damaged-" + packages);
    ReleaseCopies.copy(demo.trainer().resolve("releases/1"), release);
    for (String file : List.of("student.pt", "student.onnx")) {
      byte[] bytes = Files.readAllBytes(release.resolve(file));
      bytes[bytes.length / 2] ^= 1;
      Files.write(release.resolve(file), bytes);
    }

    // when
    List<String> said =
        programs(packages).run(ExampleCommands.SERVE.replace(" cnn", " " + release), 1);

    // then
    assertThat(said.get(said.size() - 1))
        .contains(packages == Packages.PYPI ? "student.onnx" : "student.pt")
        .contains("SHA-256 is not the one in model-card.json");
  }

  @ParameterizedTest
  @EnumSource
  void shouldFollowReleasesWithoutLosingARequest(Packages packages) throws Exception {
    ReleaseCopies releases =
        ReleaseCopies.of(
            demo.trainer().resolve("releases/1"), directory.resolve("copies-" + packages));
    releases.promote(1, demo.clients());
    try (PredictProcess server = PredictProcess.start(programs(packages), ExampleCommands.FOLLOW)) {
      demo.await(() -> server.isServing("cnn 1"));
      assertThat(masked(server.announcements()))
          .isEqualTo(masked(ExampleCommands.output(ExampleCommands.FOLLOW)));
      try (ContinuousRequests requests = new ContinuousRequests(server, demo.png(0))) {
        demo.await(() -> requests.versions().equals(List.of(1)));

        // when
        releases.promote(2, demo.clients());

        // then
        demo.await(() -> requests.versions().equals(List.of(1, 2)));
        demo.await(() -> server.isServing("cnn 2"));

        // when: none of these is to be served
        demo.send(releases.challenger(3));
        demo.send(releases.missing(4));

        // then
        demo.await(
            () -> server.lines().stream().anyMatch(l -> l.startsWith("cnn 4 is not served: ")));

        // when
        releases.rollback(demo.clients());

        // then
        demo.await(() -> requests.versions().equals(List.of(1, 2, 1)));
        assertThat(requests.failures()).isEmpty();
        assertThat(server.lines()).noneMatch(line -> line.contains("cnn 3"));
      }
    }
  }

  @Test
  void shouldSendLateLabels() throws Exception {
    // given: images that it trained on
    List<String> ids = demo.keys(Topics.IMAGES).stream().limit(3).toList();
    Files.writeString(
        directory.resolve("labels.csv"),
        "imageId,label\n%s,9\n%s,2\n".formatted(ids.get(0), ids.get(1)));
    double before = demo.lateLabels();

    // when
    List<String> said = programs(Packages.DEBIAN).run(ExampleCommands.LABEL);

    // then
    assertThat(said).containsExactly("2 of 2 labels are sent");
    assertThat(said).isEqualTo(ExampleCommands.output(ExampleCommands.LABEL));
    demo.await(() -> demo.lateLabels() == before + 2);
  }

  @Test
  void shouldTellOfWhatIsNotSent() throws Exception {
    // given
    Files.writeString(
        directory.resolve("bad.csv"), "unknown-image,9\na\na,-1\na,x\na,99999999999\n\n");
    Files.write(directory.resolve("large.png"), new byte[9_000_000]);

    // when
    List<String> labels =
        programs(Packages.PYPI).run(ExampleCommands.LABEL.replace("labels.csv", "bad.csv"), 1);
    List<String> images =
        programs(Packages.PYPI)
            .run(
                ExampleCommands.PRODUCE.replace("photos", "large.png missing.png photos/notes.txt"),
                1);

    // then
    assertThat(labels).filteredOn(line -> line.matches("line [2345] is not sent: .*")).hasSize(4);
    assertThat(labels).contains("1 of 5 labels are sent");
    assertThat(images)
        .anyMatch(line -> line.startsWith("large.png is not sent: "))
        .anyMatch(line -> line.startsWith("missing.png is not sent: "))
        .anyMatch(line -> line.startsWith("photos/notes.txt is not sent: "))
        .contains("0 of 3 images are sent");
  }

  /** Without what differs each time. */
  private static List<String> masked(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS"))
        .map(line -> line.replaceAll("[\\d.]+%", "SHARE"))
        .toList();
  }

  private static PythonPrograms programs(Packages packages) {
    return PythonPrograms.in(directory, packages, demo.clients());
  }
}
