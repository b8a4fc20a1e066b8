package io.stillstream.local.command;

import io.stillstream.local.access.Role;
import io.stillstream.runtime.access.RequiredAcl;
import java.util.List;
import java.util.Map;

/**
 * A role as JSON has it.
 *
 * @param granted how many rights it has of those that it needs
 * @param missing those that it has not: {@code right} and {@code use} in words
 */
record GrantedRole(String role, String principal, int granted, List<Map<String, String>> missing) {
  static GrantedRole of(Role role, List<RequiredAcl> missing) {
    return new GrantedRole(
        role.name(),
        role.principal(),
        role.privileges().size() - missing.size(),
        missing.stream().map(acl -> Map.of("right", acl.toString(), "use", acl.use())).toList());
  }
}
