/** What checkpoints of a large replay buffer write. */
package io.stillstream.bench.checkpoint;
