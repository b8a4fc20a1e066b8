package io.stillstream.labeler.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.labeler.model.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelVersionDetectorTest {
  @TempDir private Path temporary;
  private Path root;
  private ModelVersionDetector watch;

  @BeforeEach
  void startWithVersionNine() throws IOException {
    root = temporary.toRealPath();
    watch = watching(root, TestModels.write(root.resolve("v9"), "9"));
  }

  @Test
  void shouldFindNothingWhileNothingChanges() {
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).isEmpty();
  }

  @Test
  void shouldTakeANewerVersionOnceItHasBeenTheSameTwice() throws IOException {
    // given
    Path ten = TestModels.write(root.resolve("v10"), "10");

    // then
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).map(ModelVersion::location).contains(ten.toString());
  }

  @Test
  void shouldWaitForWhoeverIsStillWriting() throws IOException {
    // given
    Path ten = Files.createDirectory(root.resolve("v10"));
    Files.writeString(ten.resolve("teacher.yaml"), TestModels.yaml("10", "a, b"));

    // then: without its model it does not count
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).isEmpty();

    // and: while the model grows it is another one at each look
    for (int i = 1; i < 4; i++) {
      Files.writeString(ten.resolve("model.pt"), "x".repeat(i));
      assertThat(watch.poll()).isEmpty();
    }
    assertThat(watch.poll()).map(ModelVersion::location).contains(ten.toString());
  }

  @Test
  void shouldNotGoBackWhileTheRunningVersionIsBeingRewritten() throws IOException {
    // given
    TestModels.write(root.resolve("v8"), "8");

    // then
    Files.delete(root.resolve("v9/model.pt"));
    assertThat(watch.poll()).isEmpty();
    TestModels.write(root.resolve("v9"), "9b");
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).map(ModelVersion::location).contains(root.resolve("v9").toString());
  }

  @Test
  void shouldGoBackWhenTheNewestIsRemoved() throws IOException {
    // given
    Path eight = TestModels.write(root.resolve("v8"), "8");

    // when
    Files.delete(root.resolve("v9/teacher.yaml"));

    // then
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).map(ModelVersion::location).contains(eight.toString());
  }

  @Test
  void shouldNotTryABrokenOneAgainUntilItsFilesChange() throws IOException {
    // given
    Path ten = TestModels.write(root.resolve("v10"), "10");
    watch.poll();
    watch.markUnusable(watch.poll().orElseThrow());

    // then
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.newest()).map(ModelVersion::location).contains(root.resolve("v9").toString());

    // when
    TestModels.write(ten, "10, mended");

    // then
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).map(ModelVersion::location).contains(ten.toString());
  }

  @Test
  void shouldLeaveAModelThatWasAskedForUntilSomethingNewerComes() throws IOException {
    // given: an older one runs by request, so nothing has been taken from this watch
    TestModels.write(root.resolve("v8"), "8");

    // then
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).isEmpty();
    Path ten = TestModels.write(root.resolve("v10"), "10");
    watch.poll();
    assertThat(watch.poll()).map(ModelVersion::location).contains(ten.toString());
    watch.markLoaded(watch.newest().orElseThrow());
    assertThat(watch.poll()).isEmpty();
  }

  @Test
  void shouldIgnoreHiddenDirectoriesAndWhatIsNoModel() throws IOException {
    // given
    TestModels.write(root.resolve(".v99"), "99");
    Files.createDirectory(root.resolve("v98"));
    Files.writeString(root.resolve("v97"), "a file");

    // then
    assertThat(watch.poll()).isEmpty();
    assertThat(watch.poll()).isEmpty();
  }

  @Test
  void shouldFollowALinkThatIsSwitched() throws IOException {
    // given
    Path elsewhere = Files.createDirectory(root.resolve(".releases"));
    Path one = TestModels.write(elsewhere.resolve("one"), "1");
    Path two = TestModels.write(elsewhere.resolve("two"), "2");
    Path link = Files.createSymbolicLink(root.resolve("current"), one);
    ModelVersionDetector linked = watching(link, link);
    assertThat(ModelFiles.at(link)).map(ModelFiles::path).contains(one);

    // when
    Files.createSymbolicLink(root.resolve("next"), two);
    Files.move(root.resolve("next"), link, java.nio.file.StandardCopyOption.ATOMIC_MOVE);

    // then
    assertThat(linked.poll()).isEmpty();
    assertThat(linked.poll()).map(ModelVersion::location).contains(two.toString());
  }

  @Test
  void shouldSeeThatTheOneModelHasBeenExchanged() throws IOException {
    // given
    Path file = root.resolve("v9/model.pt");
    ModelVersionDetector ofFile = watching(file, file);

    // when
    TestModels.write(root.resolve("v9"), "10");

    // then
    assertThat(ofFile.poll()).isEmpty();
    assertThat(ofFile.poll()).map(ModelVersion::location).contains(file.toString());
  }

  private static ModelVersionDetector watching(Path root, Path running) {
    Optional<ModelFiles> files = ModelFiles.at(running);
    return new ModelVersionDetector(new ModelRepository(root), files.orElseThrow());
  }
}
