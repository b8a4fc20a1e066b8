package io.stillstream.runtime.service;

import java.util.Map;

/** System properties that libraries, most of them native, read once, when they load. */
public final class LibraryProperties {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          // JavaCPP frees what it allocates when told to, not when a collector happens to run:
          // a Mat over another one's memory would lose that memory.
          "org.bytedeco.javacpp.nopointergc", "true",
          // No limits: reaching one calls System.gc() and waits.
          "org.bytedeco.javacpp.maxPhysicalBytes", "0",
          "org.bytedeco.javacpp.maxBytes", "0",
          // Avro loads the classes of records that are nested in others only from packages it
          // trusts.
          "org.apache.avro.SERIALIZABLE_PACKAGES", "io.stillstream.schemas",
          // Models are files here; nothing is fetched and nothing is reported.
          "ai.djl.offline", "true",
          "OPT_OUT_TRACKING", "true",
          // Specialising graphs for a profile slows training by a third and gains inference
          // nothing.
          "ai.djl.pytorch.graph_optimizer", "false");

  private LibraryProperties() {}

  /** Sets what the command line has not set; to be called before any of the libraries loads. */
  public static void configure() {
    DEFAULTS.forEach(
        (key, value) -> {
          if (System.getProperty(key) == null) {
            System.setProperty(key, value);
          }
        });
  }
}
