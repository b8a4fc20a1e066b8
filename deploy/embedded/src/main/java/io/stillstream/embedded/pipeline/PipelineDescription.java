package io.stillstream.embedded.pipeline;

import java.nio.file.Path;

/**
 * What a pipeline is made of.
 *
 * @param teacher model directory
 * @param student model directory
 * @param views of each image
 * @param format of the views
 */
public record PipelineDescription(Path teacher, Path student, int views, ViewFormat format) {
  /**
   * Size and encoding of views.
   *
   * @param encoding {@code raw}, {@code png} or {@code jpeg}
   */
  public record ViewFormat(int height, int width, int channels, String encoding) {}
}
