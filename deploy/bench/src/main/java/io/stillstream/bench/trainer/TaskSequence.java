package io.stillstream.bench.trainer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The order in which a student meets the images, and the tasks that it falls into: one with all
 * classes, or several with some classes each, one after the other (class-incremental learning).
 */
final class TaskSequence {
  private final int[] order;
  private final List<Task> tasks;

  /**
   * A part of the sequence.
   *
   * @param classes which ones its images are of
   * @param end images until it is done, those of the tasks before among them
   */
  record Task(List<Integer> classes, int end) {
    Task {
      classes = List.copyOf(classes);
    }
  }

  private TaskSequence(int[] order, List<Task> tasks) {
    this.order = order;
    this.tasks = List.copyOf(tasks);
  }

  /** The first images of a scenario: all classes at once, or so many at a time. */
  static TaskSequence of(TrainingScenario scenario, int images, Optional<Integer> classesPerTask) {
    return classesPerTask
        .map(n -> byClasses(images, scenario.classes(), n, scenario.train()::label))
        .orElseGet(() -> inOrder(images, scenario.classes()));
  }

  /**
   * All images in the order in which they lie.
   *
   * @param classes how many there are
   */
  static TaskSequence inOrder(int images, int classes) {
    return repeated(images, images, classes);
  }

  /**
   * So many images, the data set over and over.
   *
   * @param size of the data set
   */
  static TaskSequence repeated(int images, int size, int classes) {
    List<Integer> all = IntStream.range(0, classes).boxed().toList();
    int[] order = IntStream.range(0, images).map(n -> n % size).toArray();
    return new TaskSequence(order, List.of(new Task(all, images)));
  }

  /**
   * So many classes at a time, in the order of their numbers; within a task the images keep their
   * order. The last task has what is left. Tasks without images are left out.
   *
   * @param label class of an image
   */
  static TaskSequence byClasses(
      int images, int classes, int classesPerTask, IntUnaryOperator label) {
    int[] order = new int[images];
    List<Task> tasks = new ArrayList<>();
    int end = 0;
    for (int first = 0; first < classes; first += classesPerTask) {
      int last = Math.min(classes, first + classesPerTask);
      int begin = end;
      for (int i = 0; i < images; i++) {
        int is = label.applyAsInt(i);
        if (is >= first && is < last) {
          order[end++] = i;
        }
      }
      if (end > begin) {
        tasks.add(new Task(IntStream.range(first, last).boxed().toList(), end));
      }
    }
    return new TaskSequence(Arrays.copyOf(order, end), tasks);
  }

  int images() {
    return order.length;
  }

  /** Index of the n-th image, counted from 0. */
  int image(int n) {
    return order[n];
  }

  List<Task> tasks() {
    return tasks;
  }
}
