package io.stillstream.bench.page;

import io.stillstream.bench.machine.ProcessCpuTime;
import io.stillstream.bench.machine.ProcessMemory;
import java.lang.management.ManagementFactory;

/**
 * What a process has used so far.
 *
 * @param nanos since some time
 * @param process processor time, of readers and compilers not
 * @param page processor time of the page's own threads, its client for offsets of groups, and HTTP
 *     clients
 * @param predictor processor time of the thread that predicts for the page, which has no other
 *     caller
 * @param heap bytes after a collection
 * @param memory of the process
 */
record PageResourceUsage(
    long nanos, long process, long page, long predictor, long heap, ProcessMemory memory) {
  static PageResourceUsage now(ProcessCpuTime processors) {
    System.gc();
    return new PageResourceUsage(
        System.nanoTime(),
        processors.nanos(),
        ProcessCpuTime.nanosOfThreads(
            name ->
                name.startsWith("page")
                    || name.startsWith("HttpClient")
                    || (name.startsWith("kafka-admin-client-thread") && name.contains("-page"))),
        ProcessCpuTime.nanosOfThreads(name -> name.startsWith("predictor")),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ProcessMemory.now());
  }
}
