/**
 * The held-out set: where its examples come from, when the student is evaluated on it, and what a
 * model card says.
 */
package io.stillstream.trainer.evaluation;
