/**
 * The order of file operations that makes a write durable, and the exclusive lock on the trainer's
 * directory.
 */
package io.stillstream.trainer.files;
