/**
 * The replay buffer in checkpoints: views in segments that checkpoints share, and an index in each
 * checkpoint that says where the view of each slot is.
 */
package io.stillstream.trainer.checkpoint.segment;
