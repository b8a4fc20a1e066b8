package io.stillstream.bench.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.opencv.global.opencv_core;

/** What the figures were taken on. */
public final class MachineInfo {
  private static final Path CPUS = Path.of("/proc/cpuinfo");

  private MachineInfo() {}

  /**
   * Facts by name: processor, cores, system, Java and OpenCV, and what the peer runs on.
   *
   * @param peer versions of the peer by name
   */
  public static Map<String, Object> facts(JsonNode peer) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("cpu", cpu());
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("opencv", opencv_core.CV_VERSION);
    facts.put("peer", peer);
    return facts;
  }

  /** Family and model beside the name: virtual machines often give a name only. */
  private static String cpu() {
    try (Stream<String> lines = Files.lines(CPUS)) {
      Map<String, String> first = new LinkedHashMap<>();
      lines
          .map(line -> line.split("\\s*:\\s*", 2))
          .filter(pair -> pair.length == 2)
          .forEach(pair -> first.putIfAbsent(pair[0].strip(), pair[1].strip()));
      return "%s, family %s model %s"
          .formatted(first.get("model name"), first.get("cpu family"), first.get("model"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
