package io.stillstream.embedded.pipeline;

import java.nio.file.Path;

/**
 * What a pipeline is made of.
 *
 * @param teacher model directory
 * @param student model directory
 * @param views of each image
 * @param format of the views
 * @param operations of the augmentation policy, as a list in YAML's flow style
 */
public record PipelineDescription(
    Path teacher, Path student, int views, ViewFormat format, String operations) {
  /** Those of the ready-made policy {@code fashion-mnist-mild}. */
  public static final String MILD_OPERATIONS =
      "[{rotate: {degrees: 5}}, {translate: {pixels: 1}}, {horizontal_flip: {p: 0.5}}]";

  /**
   * Size and encoding of views.
   *
   * @param encoding {@code raw}, {@code png} or {@code jpeg}
   */
  public record ViewFormat(int height, int width, int channels, String encoding) {}
}
