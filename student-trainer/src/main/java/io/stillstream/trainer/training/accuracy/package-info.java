/** Evaluation sets, and the prequential window over the latest originals. */
package io.stillstream.trainer.training.accuracy;
