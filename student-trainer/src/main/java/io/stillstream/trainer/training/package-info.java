/**
 * Online distillation without any I/O: what is trained on when, and what is counted. Knows no
 * Kafka, no clock, no files and no tensors; randomness is state that is handed in and out.
 */
package io.stillstream.trainer.training;
