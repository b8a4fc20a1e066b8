package io.stillstream.local.access;

import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.StartupException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A service or a tool, and what it must be allowed to do.
 *
 * @param name as in {@code --role}
 * @param principal principal that has it by default
 */
public record Role(String name, String principal, List<RequiredAcl> privileges) {
  private static final String EVERY = "*";
  private static final Pattern ONE = Pattern.compile("\\w+:(?!\\*$).+", Pattern.DOTALL);

  /**
   * Refuses what Kafka takes for all principals, or for all resources of a kind: no role that asks
   * for the least means that.
   */
  public Role {
    if (!ONE.matcher(principal).matches()) {
      throw new StartupException(
          "principal of %s: must be one, as User:NAME, was %s".formatted(name, principal));
    }
    for (RequiredAcl privilege : privileges) {
      if (privilege.name().equals(EVERY)) {
        throw new StartupException(
            "%s: %s: ACLs take * for every name; give it another one"
                .formatted(name, privilege.resource()));
      }
    }
    privileges = privileges.stream().distinct().toList();
  }

  static Role of(String name, List<RequiredAcl> privileges) {
    return new Role(name, "User:" + name, privileges);
  }

  /** The same with another principal. */
  public Role withPrincipal(String other) {
    return new Role(name, other, privileges);
  }
}
