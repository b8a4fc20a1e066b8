package io.stillstream.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectStoreTest {
  private static final String BASE = record("{\"name\":\"id\",\"type\":\"long\"}");

  /** Reads what BASE wrote, and BASE reads what it writes. */
  private static final String WITH_DEFAULT =
      record(
          "{\"name\":\"id\",\"type\":\"long\"},"
              + "{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}");

  /** BASE reads what it writes, but it cannot read what BASE wrote. */
  private static final String WITH_REQUIRED =
      record("{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"note\",\"type\":\"string\"}");

  /** Reads what BASE wrote, but BASE cannot read what it writes. */
  private static final String WITHOUT_ID = record("");

  private final SubjectStore store = new SubjectStore(RegistryState.empty());

  @Test
  void shouldGiveTheSameSchemaTheSameIdInEverySubject() {
    // when
    int first = store.register("a-value", BASE);
    int elsewhere = store.register("b-value", " " + BASE.replace(":", " : "));
    int other = store.register("c-value", "\"string\"");
    // then
    assertThat(first).isEqualTo(1);
    assertThat(elsewhere).isEqualTo(1);
    assertThat(other).isEqualTo(2);
    assertThat(store.uses(1)).containsEntry("a-value", 1).containsEntry("b-value", 1).hasSize(2);
  }

  @Test
  void shouldRegisterIdempotently() {
    // when
    int first = store.register("a-value", BASE);
    RegistryState before = store.state();
    int second = store.register("a-value", BASE);
    // then
    assertThat(second).isEqualTo(first);
    assertThat(store.state()).isEqualTo(before);
    assertThat(store.versions("a-value", false)).containsExactly(1);
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, true, true, true",
    "BACKWARD, true, false, true",
    "BACKWARD_TRANSITIVE, true, false, true",
    "FORWARD, true, true, false",
    "FORWARD_TRANSITIVE, true, true, false",
    "FULL, true, false, false",
    "FULL_TRANSITIVE, true, false, false"
  })
  void shouldJudgeByTheSubjectsLevel(
      CompatibilityLevel level, boolean withDefault, boolean withRequired, boolean withoutId) {
    // given
    store.register("a-value", BASE);
    store.level("a-value", level);
    // when, then
    assertThat(store.compatible("a-value", "latest", WITH_DEFAULT)).isEqualTo(withDefault);
    assertThat(store.compatible("a-value", "1", WITH_REQUIRED)).isEqualTo(withRequired);
    assertThat(store.compatible("a-value", null, WITHOUT_ID)).isEqualTo(withoutId);
  }

  @Test
  void shouldLookAtAllVersionsOnlyWhenTransitive() {
    // given: field note had a default, lost it; the newest cannot read what the first wrote
    store.register("a-value", BASE);
    store.register("a-value", WITH_DEFAULT);
    // when, then
    assertThat(store.compatible("a-value", null, WITH_REQUIRED)).isTrue();
    store.level("a-value", CompatibilityLevel.BACKWARD_TRANSITIVE);
    assertThat(store.compatible("a-value", null, WITH_REQUIRED)).isFalse();
  }

  @Test
  void shouldRefuseAnIncompatibleSchema() {
    // given
    store.register("a-value", BASE);
    // when, then
    assertCode(409, () -> store.register("a-value", WITH_REQUIRED));
    assertThat(store.versions("a-value", false)).containsExactly(1);
    assertThat(store.maxId()).isEqualTo(1);
  }

  @Test
  void shouldAnswerWithTheCodesThatClientsKnow() {
    // given
    store.register("a-value", BASE);
    // when, then
    assertCode(40401, () -> store.versions("b-value", false));
    assertCode(40402, () -> store.version("a-value", "2", false));
    assertCode(40403, () -> store.lookUp("a-value", WITH_DEFAULT, false));
    assertCode(40403, () -> store.schema(99));
    assertCode(40408, () -> store.level("a-value", false));
    assertCode(42201, () -> store.register("a-value", "{\"type\":\"recordd\"}"));
    assertCode(42201, () -> store.register("a-value", "not json"));
    assertCode(42202, () -> store.version("a-value", "0", false));
    assertCode(42202, () -> store.version("a-value", "newest", false));
    assertCode(42203, () -> CompatibilityLevel.of("SIDEWAYS"));
  }

  @Test
  void shouldKeepDeletedVersionsAndTheirIdsUntilDeletedPermanently() {
    // given
    store.register("a-value", BASE);
    store.register("a-value", WITH_DEFAULT);
    // when
    assertThat(store.deleteVersion("a-value", "1", false)).isEqualTo(1);
    // then
    assertThat(store.versions("a-value", false)).containsExactly(2);
    assertThat(store.versions("a-value", true)).containsExactly(1, 2);
    assertThat(store.schema(1)).isEqualTo(BASE);
    assertCode(40405, () -> store.delete("a-value", true));
    assertThat(store.delete("a-value", false)).containsExactly(2);
    assertThat(store.subjects(false)).isEmpty();
    assertThat(store.subjects(true)).containsExactly("a-value");
    assertThat(store.delete("a-value", true)).containsExactly(1, 2);
    assertThat(store.subjects(true)).isEmpty();
    assertThat(store.register("b-value", BASE)).isEqualTo(1);
  }

  @Test
  void shouldCountVersionsOnAfterADeletion() {
    // given
    store.register("a-value", BASE);
    store.delete("a-value", false);
    // when
    store.register("a-value", BASE);
    // then
    assertThat(store.version("a-value", "-1", false).version()).isEqualTo(2);
    assertThat(store.version("a-value", "latest", false).id()).isEqualTo(1);
  }

  private static void assertCode(int code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static String record(String fields) {
    return "{\"type\":\"record\",\"name\":\"Thing\",\"fields\":[" + fields + "]}";
  }
}
