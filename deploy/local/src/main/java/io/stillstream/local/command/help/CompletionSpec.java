package io.stillstream.local.command.help;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ITypeInfo;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Commands and options as completion needs them. Picocli completes file names where the type of an
 * option is a path, but not where it is an optional path or a list of them; and it spells constants
 * as Java does.
 */
final class CompletionSpec {
  private CompletionSpec() {}

  /** A copy that can only be completed, with all commands below. */
  static CommandSpec of(CommandSpec command) {
    CommandSpec copy = CommandSpec.create().name(command.name());
    for (OptionSpec option : command.options()) {
      OptionSpec.Builder builder =
          OptionSpec.builder(option.names())
              .arity(option.arity())
              .paramLabel(option.paramLabel())
              .type(typeOf(option));
      copy.addOption(builder.completionCandidates(candidates(option)).build());
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      copy.addPositional(
          PositionalParamSpec.builder()
              .index(parameter.index())
              .arity(parameter.arity())
              .paramLabel(parameter.paramLabel())
              .type(typeOf(parameter))
              .build());
    }
    command
        .subcommands()
        .forEach((name, each) -> copy.addSubcommand(name, of(each.getCommandSpec())));
    return copy;
  }

  /** Of the value, or of one of the values. */
  private static Class<?> typeOf(ArgSpec argument) {
    if (argument.arity().max() == 0) {
      return boolean.class;
    }
    Class<?> type = argument.typeInfo().getType();
    if (Map.class.isAssignableFrom(type)) {
      return String.class; // KEY=VALUE
    }
    List<? extends ITypeInfo> parts = argument.typeInfo().getAuxiliaryTypeInfos();
    return parts.isEmpty() ? type : parts.get(0).getType();
  }

  private static List<String> candidates(OptionSpec option) {
    Object[] constants = typeOf(option).getEnumConstants();
    return constants == null
        ? null
        : Arrays.stream(constants)
            .map(each -> ((Enum<?>) each).name().toLowerCase(Locale.ROOT))
            .toList();
  }
}
