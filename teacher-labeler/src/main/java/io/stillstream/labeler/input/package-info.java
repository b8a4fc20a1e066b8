/** Polled records that wait for a batch, and the partitions that this instance owns. */
package io.stillstream.labeler.input;
