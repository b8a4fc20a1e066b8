/**
 * The state of the trainer as other threads see it: health checks, progress reports, and HTTP
 * answers about the training.
 */
package io.stillstream.trainer.status;
