package io.stillstream.local.version;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.specific.SpecificRecordBuilderBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The names that others write into their files, queries and scripts are listed in
 * deploy/docs/public-interface. A name that is gone has to be in the changelog, in backticks, below
 * the newest version. {@code -Dpublic-interface.update=true} writes the lists anew, and keeps in
 * them what is gone and not in the changelog.
 */
final class PublicInterfaceTest {
  private static final Path LISTS = ProjectFiles.ROOT.resolve("deploy/docs/public-interface");

  private static final Set<String> OF_EVERY_CLASS = Set.of("equals", "hashCode", "toString");

  private enum Part {
    SETTINGS {
      @Override
      Set<String> names() throws ReflectiveOperationException {
        Map<String, Class<?>> files = new LinkedHashMap<>();
        files.put("augmenter", AugmenterConfig.class);
        files.put("labeler", LabelerConfig.class);
        files.put("trainer", TrainerConfig.class);
        files.put("page", PageConfig.class);
        files.put("topics", TopicsConfig.class);
        files.put("model", Class.forName("io.stillstream.runtime.model.ModelYaml"));
        Set<String> names = new TreeSet<>();
        files.forEach(
            (file, settings) ->
                SettingKeys.of(settings).forEach(key -> names.add(file + " " + key)));
        return names;
      }
    },
    METRICS {
      @Override
      Set<String> names() {
        Set<String> names = new TreeSet<>();
        DocumentedMetrics.tags()
            .forEach(
                (metric, tags) ->
                    names.add(
                        tags.isEmpty() ? metric : metric + "{" + String.join(",", tags) + "}"));
        return names;
      }
    },
    COMMANDS {
      @Override
      Set<String> names() {
        Set<String> names = new TreeSet<>();
        add(StillstreamMain.commandLine(), names);
        return names;
      }

      private static void add(CommandLine command, Set<String> names) {
        String name = command.getCommandSpec().qualifiedName();
        names.add(name);
        command.getCommandSpec().options().stream()
            .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
            .map(OptionSpec::names)
            .flatMap(Arrays::stream)
            .forEach(option -> names.add(name + " " + option));
        new TreeSet<>(command.getSubcommands().keySet())
            .forEach(sub -> add(command.getSubcommands().get(sub), names));
      }
    },
    /** Of the module schemas. Of classes that are made from Avro files, only their names. */
    JAVA {
      @Override
      Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackagesOf(ImageEvent.class)) {
          if (!isPublic(type) || type.isAssignableTo(SpecificRecordBuilderBase.class)) {
            continue;
          }
          names.add(type.getName());
          if (!type.isAssignableTo(SpecificRecordBase.class)
              && !type.isAssignableTo(GenericEnumSymbol.class)) {
            type.getCodeUnits().stream()
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
                .filter(unit -> !OF_EVERY_CLASS.contains(unit.getName()))
                .forEach(unit -> names.add(unit.getFullName()));
          }
        }
        return names;
      }

      private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
            && type.getEnclosingClass().map(outer -> isPublic(outer)).orElse(true);
      }
    };

    abstract Set<String> names() throws ReflectiveOperationException;

    Path list() {
      return LISTS.resolve(name().toLowerCase(Locale.ROOT) + ".txt");
    }
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void shouldLoseNoNameThatTheChangelogDoesNotMention(Part part) throws Exception {
    // given
    Set<String> now = part.names();
    String news = newestSection();
    Set<String> gone = new TreeSet<>(listed(part));
    gone.removeAll(now);
    gone.removeIf(name -> isMentioned(name, news));

    // when
    if (Boolean.getBoolean("public-interface.update")) {
      Files.write(part.list(), Stream.concat(now.stream(), gone.stream()).sorted().toList());
    }

    // then
    assertThat(now).hasSizeGreaterThan(50);
    assertThat(gone)
        .as("names that are gone, and not in backticks in the newest section of CHANGELOG.md")
        .isEmpty();
    assertThat(now)
        .as("names that are not in %s: -Dpublic-interface.update=true adds them", part.list())
        .isSubsetOf(listed(part));
  }

  /** In full, or by the part of a name that says enough. */
  private static boolean isMentioned(String name, String news) {
    return Stream.of(name, name.replaceFirst("^\\S+ ", ""), name.replaceFirst("( -|[{(]).*", ""))
        .anyMatch(text -> news.contains("`" + text + "`"));
  }

  private static String newestSection() {
    List<String> lines = ProjectFiles.read(ProjectFiles.CHANGELOG).lines().toList();
    return lines.stream()
        .dropWhile(line -> !line.startsWith("## "))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .collect(Collectors.joining("\n"));
  }

  private static List<String> listed(Part part) throws IOException {
    return Files.exists(part.list()) ? Files.readAllLines(part.list()) : List.of();
  }
}
