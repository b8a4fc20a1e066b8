package io.stillstream.embedded.pipeline;

import java.nio.file.Path;
import java.util.Map;

/**
 * The settings of one process of a service.
 *
 * @param file name of the settings file without {@code .yaml}
 * @param id of the instance among those of its service
 * @param state directory
 * @param kafka settings of its clients and serialisers
 * @param more top-level settings, YAML
 */
public record InstanceSettings(
    String file, String id, Path state, Map<String, String> kafka, String more) {}
