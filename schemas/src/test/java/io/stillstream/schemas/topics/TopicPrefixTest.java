package io.stillstream.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPrefixTest {
  private static final int LONGEST_TOPIC = 249;

  @Test
  void shouldStandBeforeDefaultNames() {
    // given
    TopicPrefix prefix = new TopicPrefix("team-a.");
    // then
    assertThat(prefix.nameOf(Topics.IMAGES)).isEqualTo("team-a.images");
    assertThat(prefix.isOf("team-a.images")).isTrue();
    assertThat(prefix.isOf("team-b.images")).isFalse();
  }

  @Test
  void shouldChangeNothingWhereItIsEmpty() {
    assertThat(new TopicPrefix("").nameOf(Topics.IMAGES)).isEqualTo("images");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/", "a:", "ä.", "${A}", "a\n"})
  void shouldRefuseWhatNoTopicMayHave(String text) {
    assertThatThrownBy(() -> new TopicPrefix(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("prefix must have only letters, digits")
        .hasMessageContaining(text);
  }

  @Test
  void shouldLeaveRoomForTheLongestName() {
    // given
    String longest = "x".repeat(TopicPrefix.MAX_LENGTH);
    String store = "augmenter-recent-images-changelog";
    // then
    assertThatCode(() -> new TopicPrefix(longest)).doesNotThrowAnyException();
    assertThat(longest.length() + store.length()).isLessThanOrEqualTo(LONGEST_TOPIC);
    assertThatThrownBy(() -> new TopicPrefix(longest + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prefix must have at most 200 characters, was 201");
  }

  @ParameterizedTest
  @ValueSource(strings = {"labeled-", "a.labeled-"})
  void shouldRefuseAPrefixThatMakesOneTopicAnother(String text) {
    // "labeled-" and "views" is the topic of labelled views of the pipeline without "labeled-".
    assertThatThrownBy(() -> new TopicPrefix(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("prefix must not end with labeled-, was " + text);
  }
}
