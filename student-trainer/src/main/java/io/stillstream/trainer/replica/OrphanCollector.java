package io.stillstream.trainer.replica;

import io.stillstream.trainer.replica.objectstore.ObjectStore;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Deletes what no head names: objects of copies that were never finished, and of those that are not
 * kept. Nothing depends on it but space, and when an image is gone for good.
 */
final class OrphanCollector {
  private static final String RUNS = "runs/";
  private static final Pattern RUN = Pattern.compile("runs/(\\d{12})-.*");

  private final ObjectStore bucket;
  private final String root;

  OrphanCollector(ObjectStore bucket, String root) {
    this.bucket = bucket;
    this.root = root;
  }

  /** Deletes all that the head does not name, but for what later owners may be writing. */
  void collectAll(ReplicaManifest head) throws IOException {
    Set<String> named = head.keys();
    List<String> garbage =
        bucket.list(root + RUNS).stream()
            .filter(key -> isOurs(key.substring(root.length()), head.epoch()))
            .filter(key -> !named.contains(key.substring(root.length())))
            .toList();
    bucket.delete(garbage);
  }

  /** Deletes what a head named and the next one does not. */
  void collectReplaced(ReplicaManifest before, ReplicaManifest after) throws IOException {
    Set<String> gone = before.keys();
    gone.removeAll(after.keys());
    bucket.delete(gone.stream().map(key -> root + key).toList());
  }

  private static boolean isOurs(String key, long epoch) {
    Matcher matcher = RUN.matcher(key);
    return matcher.matches() && Long.parseLong(matcher.group(1)) <= epoch;
  }
}
