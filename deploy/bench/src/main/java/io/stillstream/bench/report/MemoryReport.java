package io.stillstream.bench.report;

import io.stillstream.bench.machine.ProcessMemory;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what became of the process's memory. */
public final class MemoryReport {
  private static final double MEGABYTE = 1 << 20;

  private final PrintWriter out;
  private final BenchmarkReport report;

  public MemoryReport(PrintWriter out, BenchmarkReport report) {
    this.out = out;
    this.report = report;
  }

  /**
   * Prints lines for people and one for programs.
   *
   * @param what was done meanwhile
   * @param count how many
   * @param samples after warm-up
   * @param device bytes held on the device, sampled as the others; empty without one
   * @param more for programs
   */
  public void print(
      String what,
      long count,
      List<ProcessMemory> samples,
      List<Long> device,
      Map<String, ?> more) {
    MedianSpread resident = MedianSpread.of(samples.stream().map(ProcessMemory::resident).toList());
    MedianSpread outside =
        MedianSpread.of(samples.stream().map(ProcessMemory::outsideOfJava).toList());
    out.printf(Locale.ROOT, "memory over %,d %s, after warm-up:%n", count, what);
    line("resident", resident);
    line("outside of Java", outside);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("count", count);
    fields.put("resident", resident);
    fields.put("outsideOfJava", outside);
    boolean flat = outside.isFlat();
    if (!device.isEmpty()) {
      MedianSpread onDevice = MedianSpread.of(device);
      line("on the device", onDevice);
      fields.put("onDevice", onDevice);
      flat &= onDevice.isFlat();
    }
    fields.put("met", flat);
    fields.putAll(more);
    report.result("memory", fields);
  }

  private void line(String name, MedianSpread memory) {
    out.printf(
        Locale.ROOT,
        "%-16s median %.0f MB, lowest %+.1f %%, highest %+.1f %%: %s%n",
        name,
        memory.median() / MEGABYTE,
        memory.lowest() * 100,
        memory.highest() * 100,
        memory.isFlat() ? "flat within 5 %" : "NOT flat within 5 %");
  }
}
