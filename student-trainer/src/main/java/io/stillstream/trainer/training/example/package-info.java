/**
 * Training examples: views with labels and logits, their form in checkpoints, and the batches made
 * of them.
 */
package io.stillstream.trainer.training.example;
