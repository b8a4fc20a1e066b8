package io.stillstream.local.access;

import io.stillstream.runtime.access.RequiredAcl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.resource.PatternType;

/** Privileges as commands of kafka-acls.sh, one for each resource. */
public final class KafkaAclsScript {
  private static final Pattern PLAIN = Pattern.compile("[\\w:.,@%+/-]+");

  private KafkaAclsScript() {}

  /** The commands that grant a role. */
  public static List<String> of(Role role, String bootstrapServers) {
    Map<String, List<String>> operations = new LinkedHashMap<>();
    for (RequiredAcl privilege : role.privileges()) {
      operations
          .computeIfAbsent(resource(privilege), resource -> new ArrayList<>())
          .add("--operation " + privilege.operationName());
    }
    String begin =
        "kafka-acls.sh --bootstrap-server %s --command-config admin.properties --add --allow-principal %s "
            .formatted(quoted(bootstrapServers), quoted(role.principal()));
    return operations.entrySet().stream()
        .map(entry -> begin + String.join(" ", entry.getValue()) + " " + entry.getKey())
        .toList();
  }

  private static String resource(RequiredAcl privilege) {
    String option =
        switch (privilege.type()) {
          case TOPIC -> "--topic ";
          case GROUP -> "--group ";
          case TRANSACTIONAL_ID -> "--transactional-id ";
          case CLUSTER -> "--cluster";
          default -> throw new IllegalStateException("no option for " + privilege);
        };
    String pattern =
        privilege.pattern() == PatternType.PREFIXED ? "--resource-pattern-type prefixed " : "";
    return option.endsWith(" ") ? pattern + option + quoted(privilege.name()) : option;
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
