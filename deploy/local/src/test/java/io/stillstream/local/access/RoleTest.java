package io.stillstream.local.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.StartupException;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleTest {
  private static final RequiredAcl READ = RequiredAcl.topic(AclOperation.READ, "images", "images");

  @ParameterizedTest
  @ValueSource(strings = {"User:*", "*", "ann", "", "User:", ":ann", "User ann"})
  void shouldRefuseEverybodyAndWhatIsNoPrincipal(String principal) {
    assertThatThrownBy(() -> Role.of("trainer", List.of(READ)).withPrincipal(principal))
        .isInstanceOf(StartupException.class)
        .hasMessage("principal of trainer: must be one, as User:NAME, was " + principal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"User:a*", "User:CN=trainer,OU=a b,O=\\,", "Group:ops", "User:*a"})
  void shouldTakeEveryOtherPrincipalAsItStands(String principal) {
    assertThat(Role.of("trainer", List.of(READ)).withPrincipal(principal).principal())
        .isEqualTo(principal);
  }

  @Test
  void shouldRefuseANameThatStandsForAll() {
    assertThatThrownBy(() -> Role.of("labeler", List.of(READ, RequiredAcl.group("*", "to commit"))))
        .isInstanceOf(StartupException.class)
        .hasMessage("labeler: group *: ACLs take * for every name; give it another one");
  }

  @Test
  void shouldPrintCommandsThatAShellTakesForWords() {
    // given
    RequiredAcl odd = RequiredAcl.group("it's $(touch x) `y` *", "to commit");
    Role role = Role.of("trainer", List.of(READ, odd)).withPrincipal("User:CN=trainer,O=a b");
    // when, then
    assertThat(KafkaAclsScript.of(role, "a:1,b:2;reboot"))
        .containsExactly(
            begin() + "--operation Read --topic images",
            begin() + "--operation Read --group 'it'\\''s $(touch x) `y` *'");
    assertThat(KafkaAclsScript.of(Role.of("x", List.of(RequiredAcl.group("a*", ""))), "a:1"))
        .singleElement()
        .asString()
        .endsWith("--group 'a*'");
  }

  private static String begin() {
    return "kafka-acls.sh --bootstrap-server 'a:1,b:2;reboot' --command-config admin.properties"
        + " --add --allow-principal 'User:CN=trainer,O=a b' ";
  }
}
