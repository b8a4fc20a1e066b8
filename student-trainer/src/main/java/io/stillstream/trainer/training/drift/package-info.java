/** Detects drift of the stream (ADWIN) in what the student predicts. */
package io.stillstream.trainer.training.drift;
