package io.stillstream.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.startup.StartSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageConfigTest {
  @Test
  void shouldHaveDefaults() {
    // when
    PageConfig config = parse("{url: 'http://trainer:9403'}");

    // then
    assertThat(config.management().port()).isEqualTo(9404);
    assertThat(config.title()).isEqualTo("stillstream");
    assertThat(config.readers()).isEqualTo(16);
    assertThat(config.start()).isEqualTo(StartSettings.defaults());
    assertThat(config.sampleEvery()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.requiredAcls())
        .extracting(RequiredAcl::toString)
        .containsExactly(
            "Read on topic images",
            "Read on topic views",
            "Read on topic labeled-views",
            "Read on topic student-events",
            "Read on topic dead-letters",
            "Read on topic review-requests",
            "Read on topic labels",
            "Describe on group augmenter",
            "Describe on group teacher-labeler");
    assertThat(config.neededAcls()).isEqualTo(config.requiredAcls().subList(0, 5));
    assertThat(config.labels().write()).isFalse();
    assertThat(config.labels().perMinute()).isEqualTo(120);
  }

  @Test
  void shouldPutThePrefixBeforeEveryDefaultName() {
    // when
    PageConfig config =
        YamlSettings.parse(
            """
            kafka: {bootstrap.servers: 'b:9092'}
            trainer: {url: 'http://trainer:9403'}
            topics: {prefix: team-a.}
            labels: {write: true}
            """,
            PageConfig.class,
            Map.of());

    // then
    assertThat(config.requiredAcls())
        .hasSizeGreaterThan(6)
        .allMatch(acl -> acl.name().startsWith("team-a."));
    assertThat(config.topics().studentReleases()).isEqualTo("team-a.student-releases");
  }

  @Test
  void shouldNeedWhatItWritesWhereItTakesLabels() {
    // when
    PageConfig config =
        parse(
            "{url: 'http://trainer:9403'}\ntopics: {labels: truth}"
                + "\nlabels: {write: true, per-minute: 7}");

    // then
    assertThat(config.labels().perMinute()).isEqualTo(7);
    assertThat(config.neededAcls())
        .extracting(RequiredAcl::toString)
        .hasSize(6)
        .contains("Write on topic truth");
    assertThat(config.requiredAcls()).containsAll(config.neededAcls()).hasSize(10);
  }

  @Test
  void shouldRefuseAGroupWithoutAName() {
    assertThatThrownBy(() -> parse("{url: 'http://t:1'}\ngroups: {labeler: ' '}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("groups.labeler");
  }

  @Test
  void shouldRefuseARateThatCannotBe() {
    assertThatThrownBy(() -> parse("{url: 'http://t:1'}\nlabels: {per-minute: 0}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("labels.per-minute")
        .hasMessageContaining("was 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{url: 'trainer:9403'} | trainer.url: must be http:// or https:// and a host",
        "{url: '/training'} | was /training",
        "{url: 'http://t:1', user: a} | trainer.user: and password must be given together",
        "{} | trainer.url: is required"
      })
  void shouldNameTheKeyOfABadTrainer(String trainer, String message) {
    assertThatThrownBy(() -> parse(trainer))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldNotShowThePasswordOfAUrl() {
    assertThatThrownBy(() -> parse("{url: 'http://me:secret@trainer:9403'}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("trainer.url")
        .hasMessageNotContaining("secret");
  }

  private static PageConfig parse(String trainer) {
    return YamlSettings.parse(
        "kafka: {bootstrap.servers: 'b:9092'}\ntrainer: " + trainer, PageConfig.class, Map.of());
  }
}
