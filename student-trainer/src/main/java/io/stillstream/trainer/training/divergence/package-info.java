/** Detects that training diverges, and limits rollbacks. */
package io.stillstream.trainer.training.divergence;
