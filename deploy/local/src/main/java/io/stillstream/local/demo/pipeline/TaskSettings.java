package io.stillstream.local.demo.pipeline;

import io.stillstream.schemas.answer.ModelTask;

/**
 * Settings of a demo's labeler and trainer by what the models answer, as YAML.
 *
 * @param labeler without {@code label}
 * @param trainer batches, loss and what happens when
 */
record TaskSettings(String labeler, String trainer) {
  private static final String LABELER =
      """
      batch: {max-size: 32, max-delay: 50ms, buckets: [32]}
      commit-interval: 200ms
      threads: 1
      """;

  private static final String TRAINER =
      """
      checkpoint: {every: 10s}
      release: {every-steps: 250, on-stop: true}
      seed: 42
      threads: 1
      """;

  static TaskSettings of(ModelTask task) {
    String training =
        switch (task) {
          case CLASSIFICATION ->
              """
              batch: {size: 128, max-delay: 15s}
              updates: 4
              """;
          case SEGMENTATION ->
              """
              batch: {size: 32, max-delay: 15s}
              updates: 4
              """;
          case EMBEDDING ->
              """
              batch: {size: 128, max-delay: 15s}
              updates: 8
              loss: {kind: cosine}
              """;
        };
    return new TaskSettings(LABELER, training + TRAINER);
  }
}
