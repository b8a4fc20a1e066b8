/**
 * Copies of checkpoints, ledger and releases in an S3-compatible store, and the way back. One
 * object, the head, names everything that counts and is replaced by compare-and-set; all other
 * objects are written once under names that nobody else uses.
 */
package io.stillstream.trainer.store;
