package io.stillstream.bench.machine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Processor time of this process, collector and native threads included, but for the threads of
 * some groups, which belong to no workload, and for the virtual machine's compilers: after some
 * minutes they have nothing left to do, in a benchmark of seconds they would be a large part.
 */
public final class ProcessCpuTime {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final Path TASKS = Path.of("/proc/self/task");

  private final ThreadGroup[] others;

  public ProcessCpuTime(ThreadGroup... others) {
    this.others = others.clone();
  }

  /** Nanoseconds since some time; only differences mean something. */
  public long nanos() {
    return PROCESS.getProcessCpuTime()
        - compilers()
        - Arrays.stream(others).mapToLong(ProcessCpuTime::nanosOf).sum();
  }

  /** Processor time so far of the threads of this JVM that run, by their names; nanoseconds. */
  public static long nanosOfThreads(Predicate<String> name) {
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(Objects::nonNull)
        .filter(thread -> name.test(thread.getThreadName()))
        .mapToLong(thread -> Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId())))
        .sum();
  }

  /** As Linux tells it; elsewhere they are counted. */
  private static long compilers() {
    if (!Files.isDirectory(TASKS)) {
      return 0;
    }
    try (Stream<Path> tasks = Files.list(TASKS)) {
      return tasks.mapToLong(ProcessCpuTime::nanosIfCompiler).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long nanosIfCompiler(Path task) {
    try {
      return Files.readString(task.resolve("comm")).matches("C[12] Compiler(?s:.*)")
          ? Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", -1)[0])
          : 0;
    } catch (IOException e) {
      // It has ended meanwhile.
      return 0;
    }
  }

  private static long nanosOf(ThreadGroup group) {
    Thread[] threads = new Thread[2 * group.activeCount() + 16];
    group.enumerate(threads);
    return Arrays.stream(threads)
        .filter(Objects::nonNull)
        .mapToLong(thread -> Math.max(0, THREADS.getThreadCpuTime(thread.getId())))
        .sum();
  }
}
