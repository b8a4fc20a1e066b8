/** Held-out examples as they lie on disk. Knows no Kafka and no tensors. */
package io.stillstream.trainer.exam;
