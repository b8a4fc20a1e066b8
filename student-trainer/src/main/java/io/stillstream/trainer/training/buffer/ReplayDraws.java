package io.stillstream.trainer.training.buffer;

import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;

/** Draws views for steps. */
public interface ReplayDraws {
  /** How many views there are to draw from. */
  int size();

  /**
   * Adds views for a step, drawn uniformly from all; there has to be one.
   *
   * @param step its number
   */
  void drawInto(List<TrainingExample> target, int count, long step);
}
