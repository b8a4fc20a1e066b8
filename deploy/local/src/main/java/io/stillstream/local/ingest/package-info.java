/** Sending images from disk to {@code images}: what there is, what was sent, how fast. */
package io.stillstream.local.ingest;
