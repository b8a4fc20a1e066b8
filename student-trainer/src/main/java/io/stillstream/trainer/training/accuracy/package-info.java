/**
 * Scores of a student's answers by its task, evaluation sets, and the prequential window over the
 * latest originals.
 */
package io.stillstream.trainer.training.accuracy;
