package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileObjectReaderTest {
  private static final byte[] IMAGE = "image".getBytes(UTF_8);

  @TempDir private Path directory;
  private Path folder;
  private Path secret;
  private ObjectSource source;

  @BeforeEach
  void open() throws IOException {
    folder = Files.createDirectories(directory.resolve("my images"));
    secret = Files.write(directory.resolve("secret"), IMAGE);
    Files.write(folder.resolve("1.png"), IMAGE);
    source =
        ObjectSources.open(
            YamlSettings.parse(
                "allow: [\"%s\"]\nmax-bytes: 5".formatted(folder.toUri()),
                FetchSettings.class,
                Map.of()));
  }

  @AfterEach
  void close() {
    source.close();
  }

  @Test
  void shouldReadFilesBelowTheFolder() throws Exception {
    // given
    Files.createDirectories(folder.resolve("a/b"));
    Files.write(folder.resolve("a/b/ü+%.png"), IMAGE);

    // then
    assertThat(source.read(reference(folder.resolve("1.png")))).isEqualTo(IMAGE);
    assertThat(
            source.read(
                reference(
                    folder.resolve("1.png").toUri().toString().replace("file:///", "file:/"))))
        .isEqualTo(IMAGE);
    assertThat(source.read(reference(folder.toUri() + "a/b/%C3%BC+%25.png"))).isEqualTo(IMAGE);
    assertThat(
            source.read(
                new ObjectReference(
                    folder.resolve("1.png").toUri().toString(),
                    OptionalLong.of(5),
                    Optional.of(Sha256.hex(IMAGE)))))
        .isEqualTo(IMAGE);
  }

  @Test
  void shouldNotFollowALinkOutOfTheFolder() throws Exception {
    // given
    Files.createSymbolicLink(folder.resolve("link.png"), secret);
    Files.createSymbolicLink(folder.resolve("relative.png"), Path.of("../secret"));
    Files.createSymbolicLink(folder.resolve("up"), directory);
    Files.createSymbolicLink(folder.resolve("chain"), folder.resolve("up"));
    Path sibling = Files.createDirectories(directory.resolve("my images of others"));
    Files.write(sibling.resolve("2.png"), IMAGE);
    Files.createSymbolicLink(folder.resolve("sibling.png"), sibling.resolve("2.png"));

    // then
    for (String name :
        new String[] {"link.png", "relative.png", "up/secret", "chain/secret", "sibling.png"}) {
      assertRejected(
          reference(folder.resolve(name)),
          ObjectRejection.NOT_ALLOWED,
          "is a symbolic link out of");
    }
    assertRejected(
        reference(sibling.resolve("2.png")), ObjectRejection.NOT_ALLOWED, "is below no prefix");
  }

  @Test
  void shouldFollowALinkWithinTheFolderAndToTheFolder() throws Exception {
    // given
    Files.createSymbolicLink(folder.resolve("latest.png"), Path.of("1.png"));
    Path alias = Files.createSymbolicLink(directory.resolve("alias"), folder);
    try (ObjectSource byAlias =
        ObjectSources.open(
            YamlSettings.parse(
                "allow: [\"file://%s/\"]".formatted(alias), FetchSettings.class, Map.of()))) {

      // then
      assertThat(source.read(reference(folder.resolve("latest.png")))).isEqualTo(IMAGE);
      assertThat(byAlias.read(reference(alias.resolve("1.png")))).isEqualTo(IMAGE);
      assertThatThrownBy(() -> byAlias.read(reference(folder.resolve("1.png"))))
          .isInstanceOf(RejectedObjectException.class);
    }
  }

  @Test
  void shouldReadNothingButRegularFiles() throws Exception {
    // given: to open a pipe would wait for ever
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.createSymbolicLink(folder.resolve("zero"), Path.of("/dev/zero"));

    // then
    assertRejected(reference(pipe), ObjectRejection.NOT_ALLOWED, "is not a regular file");
    assertRejected(
        reference(Files.createDirectories(folder.resolve("a")).toUri() + "/"),
        ObjectRejection.NOT_ALLOWED,
        "is not a regular file");
    assertRejected(
        reference(folder.resolve("zero")),
        ObjectRejection.NOT_ALLOWED,
        "is a symbolic link out of");
  }

  @Test
  void shouldRejectWhatIsAbsentOrNotAsTheEventSays() throws Exception {
    // given
    Files.write(folder.resolve("large.png"), new byte[6]);
    String one = folder.resolve("1.png").toUri().toString();

    // then
    assertRejected(reference(folder.resolve("2.png")), ObjectRejection.NOT_FOUND, "does not exist");
    assertRejected(
        reference(folder.resolve("a".repeat(300))), ObjectRejection.NOT_FOUND, "does not exist");
    assertRejected(
        reference(folder.resolve("large.png")),
        ObjectRejection.TOO_LARGE,
        "has 6 bytes, fetch.max-bytes is 5");
    assertRejected(
        new ObjectReference(one, OptionalLong.of(4), Optional.empty()),
        ObjectRejection.CHANGED,
        "has 5 bytes, its event says 4");
    assertRejected(
        new ObjectReference(one, OptionalLong.empty(), Optional.of(Sha256.hex("other"))),
        ObjectRejection.CHANGED,
        "has another SHA-256");
  }

  @Test
  void shouldWaitForAFolderThatIsAway() throws Exception {
    // given
    Path away = directory.resolve("away");
    Files.move(folder, away);

    // then
    assertThatThrownBy(() -> source.read(reference(folder.resolve("1.png"))))
        .isInstanceOf(UnavailableObjectException.class)
        .hasMessageContaining("is away");
    Files.move(away, folder);
    assertThat(source.read(reference(folder.resolve("1.png")))).isEqualTo(IMAGE);
  }

  @Test
  void shouldNotWaitForOneFileThatCannotBeReadWhileAnotherCan() throws Exception {
    // given
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    assertThatThrownBy(() -> source.read(reference(folder.resolve("loop"))))
        .isInstanceOf(UnavailableObjectException.class);

    // when
    source.read(reference(folder.resolve("1.png")));

    // then
    assertRejected(
        reference(folder.resolve("loop")),
        ObjectRejection.NOT_ALLOWED,
        "unlike others of its prefix");
  }

  private void assertRejected(ObjectReference reference, ObjectRejection reason, String message) {
    assertThatThrownBy(() -> source.read(reference))
        .isInstanceOfSatisfying(
            RejectedObjectException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private static ObjectReference reference(Path file) {
    return reference(file.toUri().toString());
  }

  private static ObjectReference reference(String uri) {
    return new ObjectReference(uri, OptionalLong.empty(), Optional.empty());
  }
}
