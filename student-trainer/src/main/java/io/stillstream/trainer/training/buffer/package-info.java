/** Replay buffers: what they keep, what they draw, and what a change of teacher does to them. */
package io.stillstream.trainer.training.buffer;
