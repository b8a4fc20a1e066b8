package io.stillstream.augmenter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.geometry.ImageSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyResolverTest {
  private static final Path RESOURCES =
      Path.of("src/main/resources/io/stillstream/augmenter/policy");

  @TempDir private Path directory;

  /** Lineage of published views rests on these hashes: a ready-made policy may never change. */
  @ParameterizedTest
  @CsvSource({
    "fashion-mnist-mild, dceff35f172ad6849d6d5489cdf9a4f98e4c32d88d1126caade201b1aa145aea",
    "fashion-mnist, 57796e95b6574703f8a7837ba8d1715b52c902afb74d8371b26b07b4b255467b",
    "imagenet-light, 20de8eba9d3a42ffc6dc1942409f1aed729795b8376eceb1b8d8f1b8fa1f16c8",
    "funmatch, 877b6e6c7728f2864f7563a65edf228f64a1ed84efe2c6425e455c9f98d49df3",
    "trivial-augment, 35e3d37c554689193b1b1da5efffe5a61cb4df43b23a0ab6ec80e23af9a60d57"
  })
  void shouldHavePresets(String name, String hash) {
    // when
    Policy policy = PolicyResolver.load(name);

    // then
    assertThat(policy.hash()).isEqualTo(hash);
    assertThat(policy.seed()).isEqualTo(42);
    assertThat(policy.views()).isEqualTo(4);
  }

  @Test
  void shouldListWhatIsThere() throws IOException {
    // given
    try (Stream<Path> files = Files.list(RESOURCES)) {
      // then
      assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
          .containsExactlyInAnyOrderElementsOf(PolicyResolver.PRESETS);
    }
  }

  @Test
  void shouldParseTheSampleConfigurationLikeItsPreset() throws IOException {
    // given
    String sample =
        Files.readString(Path.of("../deploy/config/augmenter.yaml"))
            .replace("${AUGMENTATION_SEED:-42}", "42");

    // then
    assertThat(Policy.parse(PolicyResolver.resolve(PolicyYaml.tree(sample).get("policy"))).hash())
        .isEqualTo(PolicyResolver.load("fashion-mnist-mild").hash());
  }

  @Test
  void shouldReturnInlinePoliciesUnchanged() {
    // given
    JsonNode policy = PolicyYaml.tree("{views: 3, output: {height: 1, width: 1}}");

    // then
    assertThat(PolicyResolver.resolve(policy)).isSameAs(policy);
  }

  @Test
  void shouldReadAFile() throws IOException {
    // given
    Path file = write("policy.yaml", "views: 2\noutput: {height: 5, width: 6}\n");

    // then
    assertThat(PolicyResolver.load(file.toString()).output().size()).isEqualTo(new ImageSize(5, 6));
  }

  @Test
  void shouldReplaceSingleKeysOfAPreset() {
    // when
    JsonNode tree =
        PolicyResolver.resolve(
            PolicyYaml.tree(
                "{preset: fashion-mnist, seed: 7, output: {channels: 3}, operations:"
                    + " [horizontal_flip]}"));

    // then
    assertThat(Policy.parse(tree).canonicalJson())
        .isEqualTo(
            "{\"encoding\":\"raw\",\"operations\":[{\"horizontal_flip\":{\"p\":0.5}}],"
                + "\"output\":{\"channels\":3,\"fit\":\"stretch\",\"height\":28,\"width\":28},"
                + "\"seed\":7,\"views\":4}");
    assertThat(PolicyResolver.load("fashion-mnist").seed()).isEqualTo(42);
  }

  @Test
  void shouldNameFileAndLineOfWhatCannotBeRead() throws IOException {
    // given
    Path broken = write("broken.yaml", "views: 2\noutput: {height: 5, width: [6}\n");
    Path twice = write("twice.yaml", "views: 2\nseed: 1\nviews: 3\n");
    Path list = write("list.yml", "[1, 2]");
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "views: 2 # für".getBytes(StandardCharsets.ISO_8859_1));

    // then
    assertThat(error("\"" + broken + "\""))
        .startsWith("policy: " + broken + ", line 2, column ")
        .contains("expected");
    assertThat(error("\"" + twice + "\""))
        .startsWith("policy: " + twice + ", line 3, column ")
        .contains("views");
    assertThat(error("{preset: \"" + list + "\"}"))
        .isEqualTo("policy.preset: " + list + " must be a mapping of keys to values, was [1,2]");
    assertThat(error("\"" + latin + "\"")).isEqualTo("policy: " + latin + " is not UTF-8 text");
    assertThat(error("./nowhere.yaml"))
        .isEqualTo("policy: there is no file " + Path.of("nowhere.yaml").toAbsolutePath());
    assertThat(error("fashion-minst"))
        .isEqualTo(
            "policy: must be a ready-made policy (fashion-mnist-mild, fashion-mnist,"
                + " imagenet-light, funmatch, trivial-augment) or the path of a file (with a / or ending in .yaml), was"
                + " \"fashion-minst\"");
    assertThat(error("{preset: 3}")).startsWith("policy.preset: must be a ready-made policy");
  }

  @Test
  void shouldReportWhatIsWrongWithinAFileAndRefusePresetsOfPresets() throws IOException {
    // given
    Path file = write("p.yaml", "preset: fashion-mnist\noutput: {height: 5, width: 6}\n");

    // when
    PolicyException e =
        catchThrowableOfType(PolicyException.class, () -> PolicyResolver.load(file.toString()));

    // then
    assertThat(e.errors()).singleElement().asString().startsWith("policy.preset: unknown key");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static String error(String yaml) {
    return catchThrowableOfType(
            PolicyException.class, () -> PolicyResolver.resolve(PolicyYaml.tree(yaml)))
        .getMessage();
  }
}
