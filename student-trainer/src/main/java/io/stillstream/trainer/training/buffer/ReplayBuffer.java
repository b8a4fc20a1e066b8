package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Views that may be trained on again. What it keeps and what it draws depends on its seed and on
 * what it was offered, in that order, and on nothing else; draws are uniform, with replacement, and
 * take constant time. Not safe for more than one thread.
 */
public interface ReplayBuffer {
  /** How many views there are to draw from. */
  int size();

  /** What they take on the heap. */
  long bytes();

  /** Offers a view, which is kept or not, and may take the place of others. */
  void offer(TrainingExample view);

  /** Adds {@code count} views, each drawn uniformly from all; there has to be one. */
  default void drawInto(List<TrainingExample> target, int count) {
    drawInto(target, count, random());
  }

  /** The same with other random numbers than its own, which stay what they are. */
  void drawInto(List<TrainingExample> target, int count, SplitMix64 random);

  /** Its random numbers, of which every draw takes some. */
  SplitMix64 random();

  /** Views come from this teacher from now on. */
  void teacherChanged(long teacher, TeacherChangePolicy rule);

  /** Removes views, and says how many. */
  int removeIf(Predicate<TrainingExample> which);

  /**
   * Replaces views of an image by others of the same pixels, answer and images, which say another
   * truth. All else stays as it is: places, what is drawn, and how many views have been offered. If
   * they take so many more bytes that there are too many, views leave as after an offer.
   *
   * @param image not 0; also as the one that is mixed in
   * @param change gives the same view where nothing is to be changed
   * @return how many were replaced
   */
  int update(long image, UnaryOperator<TrainingExample> change);

  /** Everything that it is, as of now: later offers and draws do not change it. */
  BufferState state();

  /**
   * Restores a saved state, and continues bit for bit if kind and limits are the same. Otherwise it
   * makes the best of the saved views.
   */
  void restore(BufferState state);

  /**
   * An empty buffer.
   *
   * @param seed of places and draws
   */
  static ReplayBuffer create(BufferKind kind, BufferLimits limits, long seed) {
    return switch (kind) {
      case RESERVOIR -> new ReservoirBuffer(limits, seed);
      case FIFO -> new FifoBuffer(limits, seed);
      case CLASS_BALANCED -> new ClassBalancedBuffer(limits, seed);
    };
  }
}
