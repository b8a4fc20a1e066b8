package io.stillstream.faults.audit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.faults.pipeline.FaultSettingsFiles;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.topics.Topics;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the lineage of views against the objects that they were made of: each object has all of its
 * views, and each view has the SHA-256 of its object. It reads the topic, read committed and from
 * the beginning.
 */
public final class ReferencedViewAudit {
  private ReferencedViewAudit() {}

  /**
   * Checks the views of some objects; others, of earlier faults, are left out.
   *
   * @param checksums SHA-256 of each object by its address
   * @throws AssertionError if a view is missing, too many, or of other bytes
   */
  public static void require(Map<String, String> clients, Map<String, String> checksums) {
    Map<String, Integer> views = new TreeMap<>();
    try (TopicReader reader = new TopicReader(clients, Topics.VIEWS);
        RecordValueDeserializer<AugmentedView> values =
            new RecordValueDeserializer<>(
                AugmentedView.class, clients, new SimpleMeterRegistry())) {
      reader.readAll(
          record -> {
            Lineage lineage =
                values.deserialize(Topics.VIEWS, record.headers(), record.value()).getLineage();
            String uri = lineage.getPayloadUri();
            if (uri != null && checksums.containsKey(uri)) {
              requireChecksum(lineage, checksums.get(uri));
              views.merge(uri, 1, Integer::sum);
            }
          });
    }
    for (String uri : checksums.keySet()) {
      int found = views.getOrDefault(uri, 0);
      if (found != FaultSettingsFiles.VIEWS) {
        throw new AssertionError("%d views are of %s".formatted(found, uri));
      }
    }
  }

  private static void requireChecksum(Lineage lineage, String expected) {
    if (!expected.equals(lineage.getPayloadSha256())) {
      throw new AssertionError("a view has another SHA-256 than its object: " + lineage);
    }
  }
}
