package io.stillstream.bench.comparison;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;

/**
 * Work done on the calling thread, image after image, round and round. Its cost is the time of the
 * processor on this thread; what the virtual machine does on others (compiling, collecting garbage)
 * is not in it, as the peer's is not.
 *
 * @param <T> one input
 */
public final class JavaWorkload<T> implements Workload {

  /** The work on one image. */
  public interface Task<T> {
    /**
     * Does it.
     *
     * @param number counts up, over all turns
     * @return something that depends on the result, so that no compiler leaves the work out
     */
    int apply(T input, long number);
  }

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final List<T> inputs;
  private final Task<T> task;
  private long number;
  private int checksum;

  /**
   * @param inputs at least one
   */
  public JavaWorkload(List<T> inputs, Task<T> task) {
    this.inputs = List.copyOf(inputs);
    this.task = task;
  }

  @Override
  public WorkloadResult run(Duration time) {
    long first = number;
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    long cpu = THREADS.getCurrentThreadCpuTime();
    do {
      checksum += task.apply(inputs.get((int) (number % inputs.size())), number);
      number++;
    } while (System.nanoTime() < end);
    return new WorkloadResult(
        number - first, THREADS.getCurrentThreadCpuTime() - cpu, System.nanoTime() - begin);
  }

  /** Sum of all results; reading it keeps the compiler from leaving the work out. */
  int checksum() {
    return checksum;
  }
}
