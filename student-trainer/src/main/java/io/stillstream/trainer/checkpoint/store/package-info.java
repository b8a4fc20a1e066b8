/**
 * Checkpoints as directories that survive a crash at any moment, and the state that they hold.
 * Depends on neither Kafka nor metrics.
 */
package io.stillstream.trainer.checkpoint.store;
