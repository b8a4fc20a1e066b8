package io.stillstream.trainer.replica.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectStoreSettingsTest {
  private static final String KEYS =
      "credentials: {access-key: somebody, secret-key: \"${SECRET}\"}\n";

  @Test
  void shouldHaveDefaultsForAllButBucketAndKeys() {
    // when
    ObjectStoreSettings settings = parse("bucket: students\n" + KEYS);

    // then
    assertThat(settings.endpoint()).isEmpty();
    assertThat(settings.root("a cnn")).isEqualTo("a_cnn/");
    assertThat(settings.pathStyle()).isTrue();
    assertThat(settings.conditionalWrites()).isTrue();
    assertThat(settings.keep()).isEqualTo(2);
    assertThat(settings.releaseUri()).isEqualTo(ObjectStoreSettings.ReleaseUri.STORE);
    assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void shouldShowNoKeys() {
    // when
    ObjectStoreSettings settings = parse("bucket: students\n" + KEYS);

    // then
    assertThat(YamlSettings.effective(settings) + settings)
        .contains("students")
        .doesNotContain("hidden", "somebody");
  }

  @Test
  void shouldWantOneWayToTheKeys() {
    assertThatThrownBy(() -> parse("bucket: students"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("credentials: must be access-key and secret-key");
    assertThatThrownBy(() -> parse("bucket: students\ncredentials: {access-key: somebody}"))
        .hasMessageContaining("credentials: must be access-key and secret-key")
        .hasMessageNotContaining("somebody");
  }

  @Test
  void shouldTellAllErrorsAtOnce() {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    endpoint: ftp://host
                    bucket: My_Bucket
                    prefix: /a/
                    request-timeout: 0s
                    retries: -1
                    keep: 0
                    """
                        + KEYS))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("endpoint: must be http:// or https:// and a host")
        .hasMessageContaining("bucket: must be 3 to 63 lower-case letters")
        .hasMessageContaining("prefix: must be names of letters")
        .hasMessageContaining("request-timeout: must be positive, was 0ms")
        .hasMessageContaining("retries: must not be negative, was -1")
        .hasMessageContaining("keep: must be at least 1, was 0");
  }

  private static ObjectStoreSettings parse(String yaml) {
    return YamlSettings.parse(yaml, ObjectStoreSettings.class, Map.of("SECRET", "hidden"));
  }
}
