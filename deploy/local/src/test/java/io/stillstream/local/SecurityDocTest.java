package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.access.Role;
import io.stillstream.local.access.ToolRoles;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table in deploy/SECURITY.md is the list that services check and {@code acls} grants. */
class SecurityDocTest {
  private static final Path DEPLOY = Path.of("..").toAbsolutePath().normalize();
  private static final String HEAD = "| role | may | on | for |";

  @Test
  void shouldListWhatTheCodeAsksFor() throws Exception {
    // when
    List<String> documented =
        Files.readAllLines(DEPLOY.resolve("SECURITY.md")).stream()
            .dropWhile(line -> !line.equals(HEAD))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    // then
    assertThat(documented).containsExactlyElementsOf(rows(roles()));
  }

  /** One row for each resource of a role. */
  private static List<String> rows(List<Role> roles) {
    List<String> rows = new ArrayList<>();
    for (Role role : roles) {
      Map<String, List<RequiredAcl>> byResource =
          role.privileges().stream()
              .collect(
                  Collectors.groupingBy(
                      RequiredAcl::resource, LinkedHashMap::new, Collectors.toList()));
      byResource.forEach(
          (resource, privileges) ->
              rows.add(
                  "| %s | %s | %s | %s |"
                      .formatted(
                          role.name(),
                          joined(privileges, RequiredAcl::operationName, ", "),
                          resource.replace("*", "\\*"),
                          joined(privileges, RequiredAcl::use, "; "))));
    }
    return rows;
  }

  private static String joined(
      List<RequiredAcl> privileges, Function<RequiredAcl, String> what, String separator) {
    return privileges.stream().map(what).distinct().collect(Collectors.joining(separator));
  }

  /** With everything switched on that adds to it. */
  private static List<Role> roles() throws IOException {
    AugmenterConfig augmenter =
        config("augmenter", AugmenterConfig.class, "- horizontal_flip", "- mixup");
    LabelerConfig labeler =
        config("labeler", LabelerConfig.class, "devices:", "label: {adaptive: {}}\ndevices:");
    TrainerConfig trainer =
        config(
            "trainer",
            TrainerConfig.class,
            "group-id:",
            "review: {per-minute: 1}\nevaluation: {held-out-topic: held-out}\ngroup-id:");
    PageConfig page =
        config("page", PageConfig.class, "management:", "labels: {write: true}\nmanagement:");
    TopicsConfig topics = YamlSettings.parse("{}", TopicsConfig.class, Map.of());
    List<Role> roles = new ArrayList<>();
    roles.add(new Role("augmenter", "User:augmenter", augmenter.requiredAcls()));
    roles.add(new Role("labeler", "User:labeler", labeler.requiredAcls()));
    roles.add(new Role("trainer", "User:trainer", trainer.privileges()));
    roles.add(new Role("page", "User:page", page.requiredAcls()));
    roles.addAll(new ToolRoles(topics).tools());
    roles.add(ToolRoles.keda(List.of(augmenter.requiredAcls(), labeler.requiredAcls())));
    return roles;
  }

  private static <C extends Record> C config(String name, Class<C> type, String from, String to)
      throws IOException {
    String yaml = Files.readString(DEPLOY.resolve("config").resolve(name + ".yaml"));
    assertThat(yaml).contains(from);
    return YamlSettings.parse(yaml.replace(from, to), type, Map.of());
  }
}
