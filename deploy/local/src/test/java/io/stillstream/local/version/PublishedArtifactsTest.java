package io.stillstream.local.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** What the POMs of published modules say, as Maven Central asks for it. */
final class PublishedArtifactsTest {
  private final Element project = ProjectFiles.pom();

  @Test
  void shouldSayOnceWhatIsTheSameForAllModules() {
    assertThat(ProjectFiles.text(project, "properties", "project.home")).startsWith("https://");
    for (String name : new String[] {"name", "description", "inceptionYear"}) {
      assertThat(ProjectFiles.text(project, name)).as(name).isNotEmpty();
    }
    assertThat(ProjectFiles.text(project, "url")).isEqualTo("${project.home}");
    assertThat(ProjectFiles.text(project, "licenses", "license", "name")).isEqualTo("Apache-2.0");
    assertThat(ProjectFiles.text(project, "licenses", "license", "url")).startsWith("https://");
    assertThat(ProjectFiles.text(project, "developers", "developer", "name")).isNotEmpty();
    assertThat(ProjectFiles.text(project, "scm", "connection"))
        .startsWith("scm:git:${project.home}");
    assertThat(ProjectFiles.text(project, "scm", "developerConnection"))
        .startsWith("scm:git:${project.home}");
    assertThat(ProjectFiles.text(project, "scm", "url")).isEqualTo("${project.home}");
    assertThat(ProjectFiles.text(project, "issueManagement", "url")).startsWith("${project.home}");
    assertThat(project.getAttribute("child.project.url.inherit.append.path")).isEqualTo("false");
  }

  @Test
  void shouldDescribeEachModule() {
    ProjectFiles.modulePoms()
        .forEach(
            (module, pom) -> {
              assertThat(ProjectFiles.text(pom, "name")).as(module).startsWith("Stillstream ");
              assertThat(ProjectFiles.text(pom, "description")).as(module).endsWith(".");
            });
  }

  @Test
  void shouldPublishTheModulesThatTheTextNames() {
    // given
    Set<String> published = new TreeSet<>();
    ProjectFiles.modulePoms()
        .forEach(
            (module, pom) -> {
              if (!ProjectFiles.text(pom, "properties", "maven.deploy.skip").equals("true")) {
                published.add(ProjectFiles.text(pom, "artifactId"));
              }
            });
    String text = ProjectFiles.read("deploy/docs/VERSIONING.md");
    Set<String> named = new TreeSet<>();
    Pattern.compile("^\\| `io\\.stillstream:([a-z-]+)` \\|", Pattern.MULTILINE)
        .matcher(text)
        .results()
        .forEach(found -> named.add(found.group(1)));

    // then
    assertThat(ProjectFiles.text(project, "properties", "maven.deploy.skip")).isEqualTo("false");
    published.add(ProjectFiles.text(project, "artifactId"));
    assertThat(named).isEqualTo(published);
  }

  @Test
  void shouldDependOnPublishedModulesOnly() {
    // given
    Set<String> skipped = new TreeSet<>();
    Set<String> needed = new TreeSet<>();
    ProjectFiles.modulePoms()
        .forEach(
            (module, pom) -> {
              if (ProjectFiles.text(pom, "properties", "maven.deploy.skip").equals("true")) {
                skipped.add(ProjectFiles.text(pom, "artifactId"));
              } else {
                needed.addAll(ownDependencies(pom));
              }
            });

    // then
    assertThat(skipped).hasSizeGreaterThan(5);
    assertThat(needed).isNotEmpty().doesNotContainAnyElementsOf(skipped);
  }

  /** The project's modules that a module needs, but for its tests. */
  private static Set<String> ownDependencies(Element pom) {
    Set<String> names = new TreeSet<>();
    var dependencies = pom.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (ProjectFiles.text(dependency, "groupId").equals("io.stillstream")
          && !ProjectFiles.text(dependency, "scope").equals("test")) {
        names.add(ProjectFiles.text(dependency, "artifactId"));
      }
    }
    return names;
  }
}
