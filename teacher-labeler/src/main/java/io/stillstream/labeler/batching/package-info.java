/**
 * Sizes of batches: buckets, and what the memory of a device allows. Depends on neither Kafka nor
 * models nor a clock.
 */
package io.stillstream.labeler.batching;
