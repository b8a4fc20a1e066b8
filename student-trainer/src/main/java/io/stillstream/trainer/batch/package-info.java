/**
 * Records that have been read and wait for a batch, the offsets up to which they are done, and the
 * training of a batch with its failing views isolated.
 */
package io.stillstream.trainer.batch;
