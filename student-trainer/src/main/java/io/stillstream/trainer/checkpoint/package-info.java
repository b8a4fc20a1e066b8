/**
 * When a checkpoint is made and what follows from a durable one. It is taken in memory and written
 * by another thread.
 */
package io.stillstream.trainer.checkpoint;
