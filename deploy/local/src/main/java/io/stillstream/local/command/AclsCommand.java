package io.stillstream.local.command;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.access.AclAdmin;
import io.stillstream.local.access.AclIndex;
import io.stillstream.local.access.KafkaAclsScript;
import io.stillstream.local.access.Role;
import io.stillstream.local.access.ToolRoles;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.ClientPrincipal;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code stillstream acls print|apply|check}. */
@Command(
    name = "acls",
    header = "Prints, grants or checks rights.",
    description = {
      "Tells and grants what services and tools must be allowed to do at the brokers, and no more.",
      "What a service needs follows from its own settings file."
    },
    footer = {
      "  stillstream acls print --trainer deploy/config/trainer.yaml",
      "  stillstream acls check --trainer deploy/config/trainer.yaml --json"
    })
public final class AclsCommand {
  @Mixin private TopicsOptions topics = new TopicsOptions();

  @Option(
      names = "--augmenter",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The augmenter's settings. Each of these may be given more than once.")
  private List<Path> augmenters = new ArrayList<>();

  @Option(
      names = "--labeler",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The labeler's settings.")
  private List<Path> labelers = new ArrayList<>();

  @Option(
      names = "--trainer",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The trainer's settings.")
  private List<Path> trainers = new ArrayList<>();

  @Option(
      names = "--page",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The page's settings.")
  private List<Path> pages = new ArrayList<>();

  @Option(
      names = "--role",
      scope = ScopeType.INHERIT,
      split = ",",
      paramLabel = "ROLE",
      description = "Only these; default: the services whose files are given, and all tools.")
  private Set<String> wanted = new TreeSet<>();

  @Option(
      names = "--principal",
      scope = ScopeType.INHERIT,
      paramLabel = "ROLE=PRINCIPAL",
      description =
          "Who has a role: trainer=User:CN=trainer; default: the user in the service's file, else"
              + " User:ROLE.")
  private Map<String, String> principals = new LinkedHashMap<>();

  @Spec private CommandSpec spec;

  @Command(
      name = "print",
      description = "Writes commands of kafka-acls.sh; asks no broker.",
      footer = "  stillstream acls print --trainer deploy/config/trainer.yaml")
  int print() {
    TopicsConfig config = topics.read();
    String servers = config.kafka().get("bootstrap.servers");
    for (Role role : roles(config)) {
      out().println("# " + role.name());
      KafkaAclsScript.of(role, servers).forEach(out()::println);
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "apply",
      description = "Grants it, with the client of --config.",
      footer = {
        "  stillstream acls apply --config admin.yaml \\",
        "      --trainer deploy/config/trainer.yaml --principal trainer=User:trainer"
      })
  int apply(@Mixin JsonOption json) {
    TopicsConfig config = topics.read();
    List<Role> roles = roles(config);
    try (AclAdmin admin = new AclAdmin(config.kafka())) {
      admin.grant(roles);
    }
    for (Role role : roles) {
      int granted = role.privileges().size();
      if (json.isGiven()) {
        JsonOption.print(out(), GrantedRole.of(role, List.of()));
      } else {
        row(role, MessageStyle.OK, granted + " granted", "");
      }
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "check",
      description = {"Says what is not granted.", "Exit code 3: something is not."},
      footer = {
        "  stillstream acls check --trainer deploy/config/trainer.yaml",
        "  stillstream acls check --role ingest,topics --json"
      })
  int check(@Mixin JsonOption json) {
    TopicsConfig config = topics.read();
    List<Role> roles = roles(config);
    boolean whole = true;
    try (AclAdmin admin = new AclAdmin(config.kafka())) {
      AclIndex granted = admin.index();
      for (Role role : roles) {
        List<RequiredAcl> missing = granted.missing(role);
        whole &= missing.isEmpty();
        if (json.isGiven()) {
          JsonOption.print(out(), GrantedRole.of(role, missing));
          continue;
        }
        if (missing.isEmpty()) {
          row(role, MessageStyle.OK, "all is granted", "");
        }
        missing.forEach(
            one ->
                row(
                    role,
                    MessageStyle.ERROR,
                    "not granted:",
                    " %s (%s)".formatted(one, one.use())));
      }
    }
    return whole ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private void row(Role role, MessageStyle style, String state, String rest) {
    TerminalWriter out = TerminalWriter.of(out());
    out.print(TerminalWriter.line("%-13s %s: ".formatted(role.name(), role.principal())));
    out.println(style, state, rest);
  }

  private List<Role> roles(TopicsConfig config) {
    List<Role> roles = new ArrayList<>();
    List<List<RequiredAcl>> scaled = new ArrayList<>();
    for (Path file : augmenters) {
      AugmenterConfig settings = YamlSettings.load(file, AugmenterConfig.class, System.getenv());
      scaled.add(settings.requiredAcls());
      roles.add(role("augmenter", settings.kafka(), settings.requiredAcls()));
    }
    for (Path file : labelers) {
      LabelerConfig settings = YamlSettings.load(file, LabelerConfig.class, System.getenv());
      scaled.add(settings.requiredAcls());
      roles.add(role("labeler", settings.kafka(), settings.requiredAcls()));
    }
    for (Path file : trainers) {
      TrainerConfig settings = YamlSettings.load(file, TrainerConfig.class, System.getenv());
      roles.add(role("trainer", settings.kafka(), settings.privileges()));
    }
    for (Path file : pages) {
      PageConfig settings = YamlSettings.load(file, PageConfig.class, System.getenv());
      roles.add(role("page", settings.kafka(), settings.requiredAcls()));
    }
    roles.addAll(new ToolRoles(config).tools());
    if (!scaled.isEmpty()) {
      roles.add(ToolRoles.keda(scaled));
    }
    requireKnown(roles);
    return roles.stream()
        .filter(role -> wanted.isEmpty() || wanted.contains(role.name()))
        .map(
            role ->
                Optional.ofNullable(principals.get(role.name()))
                    .map(role::withPrincipal)
                    .orElse(role))
        .toList();
  }

  private static Role role(String name, Map<String, String> kafka, List<RequiredAcl> privileges) {
    return new Role(name, ClientPrincipal.in(kafka).orElse("User:" + name), privileges);
  }

  private void requireKnown(List<Role> roles) {
    Set<String> names =
        roles.stream().map(Role::name).collect(Collectors.toCollection(TreeSet::new));
    Set<String> unknown = new TreeSet<>(wanted);
    unknown.addAll(principals.keySet());
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw new StartupException(
          "--role and --principal: must be of %s, was %s; services need their files"
              .formatted(String.join(", ", names), String.join(", ", unknown)));
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
