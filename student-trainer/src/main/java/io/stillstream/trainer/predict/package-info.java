/**
 * The prediction endpoint: a copy of the champion on a thread of its own. Depends on neither Kafka
 * nor metrics.
 */
package io.stillstream.trainer.predict;
