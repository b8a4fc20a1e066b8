package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.local.kubernetes.KubernetesManifests;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the bills of materials say that is shipped; the one of deploy/local is of everything. */
@Tag("sbom")
class SbomIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** GNU's licences, by identifier, name or address. */
  private static final Pattern GNU =
      Pattern.compile("\\b[al]?gpl|gnu (affero |lesser |library )?general|gnu\\.org/licenses");

  @ParameterizedTest
  @CsvSource({
    "augmenter-service, augmenter-service, opencv|kafka-streams",
    "teacher-labeler, teacher-labeler-service, pytorch-native-cpu|pytorch-jni|onnxruntime|protobuf-java",
    "student-trainer, student-trainer-service, pytorch-native-cpu|pytorch-jni|onnxruntime|protobuf-java",
    "deploy/page, page-service, uplot",
    "deploy/local, stillstream, pytorch-native-cpu|opencv|openblas|kafka_2.13|onnxruntime"
  })
  void shouldNameEveryJarAndALicenceThatIsNotOnlyGnus(String module, String jar, String natives)
      throws Exception {
    // given
    Path target = Path.of("../..").resolve(module).resolve("target");
    String name = Path.of(module).getFileName() + "-cyclonedx.json";
    byte[] text = Files.readAllBytes(target.resolve(name));
    JsonNode bom = JSON.readTree(text);
    List<JsonNode> components = KubernetesManifests.list(bom.path("components"));

    // then
    assertThat(bom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    Set<String> files = components.stream().map(SbomIT::file).collect(Collectors.toSet());
    assertThat(files).containsAll(jarsIn(target.resolve("lib")));
    assertThat(components)
        .extracting(component -> component.path("name").asText())
        .contains(natives.split("\\|"));
    assertThat(components)
        .allSatisfy(
            component -> {
              assertThat(component.path("purl").asText()).startsWith("pkg:maven/");
              if (!component.path("group").asText().equals("io.stillstream")) {
                assertThat(licences(component)).as(file(component)).anyMatch(l -> !isGnus(l));
              }
            });

    // and: whoever has the jar has it, too
    try (JarFile file = new JarFile(target.resolve(jar + ".jar").toFile())) {
      assertThat(file.getInputStream(file.getJarEntry("META-INF/sbom/" + name)).readAllBytes())
          .isEqualTo(text);
    }
  }

  /** With the class path exception a library may be linked by anybody. */
  private static boolean isGnus(String licence) {
    String lower = licence.toLowerCase(Locale.ROOT);
    return GNU.matcher(lower).find() && !lower.contains("classpath");
  }

  private static List<String> licences(JsonNode component) {
    List<String> all = new ArrayList<>();
    for (JsonNode choice : component.path("licenses")) {
      JsonNode licence = choice.path("license");
      all.addAll(alternatives(choice.path("expression").asText()));
      all.add(licence.path("id").asText());
      all.add(licence.path("name").asText());
    }
    all.removeIf(String::isEmpty);
    return all;
  }

  /** Of an SPDX expression; one that also has AND is not taken apart. */
  private static List<String> alternatives(String expression) {
    return expression.contains(" AND ")
        ? List.of(expression)
        : List.of(expression.replaceAll("[()]", "").split(" OR "));
  }

  @ParameterizedTest
  @CsvSource({
    "GPL-2.0-only, true",
    "Apache-2.0 OR LGPL-2.1-or-later, false",
    "(GPL-3.0-only OR MIT), false",
    "GPL-2.0-only OR AGPL-3.0-only, true",
    "(MIT OR EPL-2.0) AND GPL-2.0-only, true",
    "GPL-2.0-only WITH Classpath-exception-2.0, false"
  })
  void shouldReadExpressions(String expression, boolean gnus) {
    assertThat(alternatives(expression).stream().allMatch(SbomIT::isGnus)).isEqualTo(gnus);
  }

  private static Set<String> jarsIn(Path lib) {
    return Stream.of(lib.toFile().listFiles()).map(File::getName).collect(Collectors.toSet());
  }

  /** The file's name in lib. */
  private static String file(JsonNode component) {
    Pattern classifier = Pattern.compile("[?&]classifier=([^&]*)");
    var matcher = classifier.matcher(component.path("purl").asText());
    return component.path("name").asText()
        + "-"
        + component.path("version").asText()
        + (matcher.find() ? "-" + matcher.group(1) : "")
        + ".jar";
  }
}
