package io.stillstream.bench.page;

import io.stillstream.bench.machine.ProcessCpuTime;
import io.stillstream.bench.machine.ProcessMemory;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a process has used so far.
 *
 * @param nanos since some time
 * @param process processor time, of readers and compilers not
 * @param page processor time of the page's own threads, and of HTTP clients
 * @param predictor processor time of the thread that predicts for the page, which has no other
 *     caller
 * @param heap bytes after a collection
 * @param memory of the process
 */
record PageResourceUsage(
    long nanos, long process, long page, long predictor, long heap, ProcessMemory memory) {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  static PageResourceUsage now(ProcessCpuTime processors) {
    System.gc();
    return new PageResourceUsage(
        System.nanoTime(),
        processors.nanos(),
        ofThreads("page") + ofThreads("HttpClient"),
        ofThreads("predictor"),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ProcessMemory.now());
  }

  /** Of all threads whose name begins so, and that still run. */
  private static long ofThreads(String name) {
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(Objects::nonNull)
        .filter(thread -> thread.getThreadName().startsWith(name))
        .mapToLong(ThreadInfo::getThreadId)
        .map(id -> Math.max(0, THREADS.getThreadCpuTime(id)))
        .sum();
  }
}
