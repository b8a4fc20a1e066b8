package io.stillstream.trainer.release;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A person's choice of the champion, written before anything changes and deleted when all of it is
 * done: what a crash leaves undone is done by the next start. {@code promotion.json}
 *
 * @param version that was chosen
 * @param newest version that there was then: the promotion of a newer one undoes this
 * @param announce whether the trainer is to send the event of it
 */
record PromotionIntent(long version, long newest, boolean announce) {
  private static final String NAME = "promotion.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * The one that is not done; empty if there is none.
   *
   * @param root of the releases
   */
  static Optional<PromotionIntent> read(Path root) throws IOException {
    Path file = root.resolve(NAME);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), PromotionIntent.class))
        : Optional.empty();
  }

  void write(Path root, DurableFiles disk) throws IOException {
    disk.replace(root.resolve(NAME), JSON.writeValueAsBytes(this));
  }

  static void delete(Path root, DurableFiles disk) throws IOException {
    if (Files.deleteIfExists(root.resolve(NAME))) {
      disk.sync(root);
    }
  }
}
