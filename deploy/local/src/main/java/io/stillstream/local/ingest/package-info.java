/**
 * Sends images from disk to {@code images}: which files there are, what was sent already, and at
 * what rate. Depends on no service.
 */
package io.stillstream.local.ingest;
