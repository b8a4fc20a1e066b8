/**
 * Online distillation without I/O: what is trained on when, rollback on divergence, and what is
 * counted. Neither this package nor those below depend on Kafka, files, metrics or tensors; random
 * state is handed in and out.
 */
package io.stillstream.trainer.training;
