package io.stillstream.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientPrincipalTest {
  private static final String MODULE =
      "org.apache.kafka.common.security.scram.ScramLoginModule required ";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "username=\"augmenter\" password=\"p\";",
        "password=\"p\" username='augmenter';",
        "username = augmenter password = p;"
      })
  void shouldTakeTheUserFromTheJaasConfiguration(String options) {
    assertThat(
            ClientPrincipal.in(
                Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", MODULE + options)))
        .contains("User:augmenter");
  }

  @Test
  void shouldNotGuessThePrincipalOfACertificate() {
    // given
    Map<String, String> certificate =
        Map.of("security.protocol", "SSL", "sasl.jaas.config", MODULE + "username=\"unused\";");

    // then
    assertThat(ClientPrincipal.in(certificate)).isEmpty();
    assertThat(ClientPrincipal.describe(certificate)).isEqualTo("this client's principal");
    assertThat(ClientPrincipal.in(Map.of())).isEmpty();
  }
}
