package io.stillstream.embedded.registry;

import java.util.List;
import java.util.Map;

/**
 * Everything the registry remembers, as it stands in its file.
 *
 * @param schemas Avro JSON by id; an id is never given twice
 * @param subjects versions by subject, the oldest first
 * @param compatibility for subjects without a level of their own
 * @param subjectCompatibility levels of single subjects
 */
record RegistryState(
    Map<Integer, String> schemas,
    Map<String, List<Version>> subjects,
    CompatibilityLevel compatibility,
    Map<String, CompatibilityLevel> subjectCompatibility) {

  /** One version of a subject; deleted ones stay until they are deleted permanently. */
  record Version(int version, int id, boolean deleted) {}

  static RegistryState empty() {
    return new RegistryState(Map.of(), Map.of(), CompatibilityLevel.BACKWARD, Map.of());
  }
}
