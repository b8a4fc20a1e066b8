/**
 * Releases as directories: model, model card, the link to the champion and what is kept. Depends on
 * neither Kafka nor metrics.
 */
package io.stillstream.trainer.release;
