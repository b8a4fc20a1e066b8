/**
 * The state of the trainer as other threads see it: health checks, progress reports, and the data
 * of the live page.
 */
package io.stillstream.trainer.status;
