package io.stillstream.trainer.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.answer.ModelTask;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TaskCheckTest {
  @ParameterizedTest
  @CsvSource({
    "CLASSIFICATION, kd",
    "CLASSIFICATION, standardised",
    "CLASSIFICATION, dkd",
    "CLASSIFICATION, dist",
    "CLASSIFICATION, mse",
    "CLASSIFICATION, cross-entropy",
    "SEGMENTATION, kd",
    "SEGMENTATION, standardised",
    "SEGMENTATION, mse",
    "SEGMENTATION, cross-entropy",
    "EMBEDDING, cosine",
    "EMBEDDING, mse"
  })
  void shouldAcceptLossesThatSuitTheTask(ModelTask task, String kind) {
    assertThatCode(() -> TaskCheck.require(config("loss: {kind: %s}".formatted(kind)), task))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldNameTheKeyAndTheTaskOfALossThatDoesNotSuit() {
    assertThatThrownBy(() -> TaskCheck.require(config("loss: {kind: dkd}"), ModelTask.SEGMENTATION))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "loss.kind must be kd, standardised, mse or cross-entropy for a student whose task is"
                + " segmentation, was dkd");
    assertThatThrownBy(() -> TaskCheck.require(config(""), ModelTask.EMBEDDING))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "loss.kind must be mse or cosine for a student whose task is embedding, was kd");
    assertThatThrownBy(
            () -> TaskCheck.require(config("loss: {kind: cosine}"), ModelTask.CLASSIFICATION))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("whose task is classification, was cosine");
  }

  @Test
  void shouldRefuseAConfidenceWhereAnswersHaveNone() {
    // given
    TrainerConfig config = config("loss: {kind: cosine, min-confidence: 0.5}");

    // then
    assertThatThrownBy(() -> TaskCheck.require(config, ModelTask.EMBEDDING))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "loss.min-confidence must not be set for a student whose task is embedding: an"
                + " embedding has no probabilities");
    assertThatCode(
            () ->
                TaskCheck.require(
                    config("loss: {min-confidence: {entropy: 0.3}}"), ModelTask.SEGMENTATION))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseReviewsWhereThereIsNothingToDisagreeOn() {
    assertThatThrownBy(
            () ->
                TaskCheck.require(
                    config("loss: {kind: mse}\nreview: {per-minute: 1}"), ModelTask.EMBEDDING))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "review.per-minute must be 0 for a student whose task is embedding: its answers name"
                + " no classes");
    assertThatThrownBy(
            () ->
                TaskCheck.require(
                    config("loss: {kind: cross-entropy}\nreview: {per-minute: 1}"),
                    ModelTask.CLASSIFICATION))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("review.per-minute must be 0 with loss.kind cross-entropy");
    assertThatCode(
            () -> TaskCheck.require(config("review: {per-minute: 1}"), ModelTask.SEGMENTATION))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseABufferByClassesWhereViewsHaveNone() {
    // given
    TrainerConfig config = config("buffer: {kind: class-balanced}");

    // then
    assertThatCode(() -> TaskCheck.require(config, ModelTask.CLASSIFICATION))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> TaskCheck.require(config, ModelTask.SEGMENTATION))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("buffer.kind must not be class-balanced")
        .hasMessageContaining("task is segmentation");
  }

  @Test
  void shouldRefuseAProjectionWhereItCannotServe() {
    // given
    String projected = "loss: {kind: cosine, projection: 64}\n";

    // then
    assertThatCode(
            () ->
                TaskCheck.require(
                    config(projected + "release: {gate: {enabled: false}}"), ModelTask.EMBEDDING))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> TaskCheck.require(config(projected), ModelTask.EMBEDDING))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("loss.projection needs release.gate.enabled: false");
    assertThatThrownBy(
            () -> TaskCheck.require(config("loss: {projection: 64}"), ModelTask.SEGMENTATION))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("loss.projection must not be set")
        .hasMessageContaining("task is segmentation");
    assertThatThrownBy(() -> config("loss: {projection: 0}"))
        .hasMessageContaining("loss.projection: must be at least 1, was 0");
  }

  private static TrainerConfig config(String more) {
    return YamlSettings.parse(
        """
        kafka: {bootstrap.servers: "localhost:1"}
        student: models/student
        directory: data
        """
            + more,
        TrainerConfig.class,
        Map.of());
  }
}
