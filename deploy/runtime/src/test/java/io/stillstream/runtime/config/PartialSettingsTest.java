package io.stillstream.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartialSettingsTest {
  private static final PartialSettings SETTINGS = new PartialSettings(List.of(SampleConfig.class));

  @TempDir private Path directory;

  /** What a command needs, and a key of its own. */
  private record Part(
      Map<String, String> kafka, @Default("1") int threads, @Default("none") String own) {}

  @Test
  void shouldLeaveKeysOfAServiceUnread() throws Exception {
    // given: wrong values, and a variable that is not set
    Path file =
        file(
            "a.yaml",
            """
            kafka: {bootstrap.servers: "${SERVERS}"}
            application-id: ${NOT_SET}
            batch: {max-size: -1}
            threads: 3
            own: mine
            """);

    // when
    Part part = SETTINGS.load(List.of(file), Part.class, Set.of(), Map.of("SERVERS", "broker:1"));

    // then
    assertThat(part).isEqualTo(new Part(Map.of("bootstrap.servers", "broker:1"), 3, "mine"));
  }

  @Test
  void shouldRefuseKeysThatNeitherHas() throws Exception {
    // given
    Path file = file("a.yaml", "kafka: {}\nbatch: {max-size: 2}\nbathc: {}\n");

    // when, then
    assertThatThrownBy(() -> SETTINGS.load(List.of(file), Part.class, Set.of(), Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("bad configuration " + file + ": bathc: unknown key; ");
  }

  @Test
  void shouldLeaveOwnKeysUnreadThatAreNotNeeded() throws Exception {
    // given
    Path first = file("a.yaml", "kafka: {a: b}\nthreads: many\n");
    Path second = file("b.yaml", "kafka: {c: d}\nown: two\n");

    // when
    Part part = SETTINGS.load(List.of(first, second), Part.class, Set.of("threads"), Map.of());

    // then
    assertThat(part).isEqualTo(new Part(Map.of("a", "b", "c", "d"), 1, "two"));
  }

  @Test
  void shouldSayWhatAnEmptyFileLacks() throws Exception {
    // given
    Path file = file("a.yaml", "");

    // when, then
    assertThatThrownBy(() -> SETTINGS.load(List.of(file), Part.class, Set.of(), Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("kafka");
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text);
  }
}
