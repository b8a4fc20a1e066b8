/** The metrics of training, replica and prediction as Micrometer meters. */
package io.stillstream.trainer.metrics;
