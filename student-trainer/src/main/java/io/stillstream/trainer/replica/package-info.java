/** Copies checkpoints, ledger and releases to an object store, and restores a directory from it. */
package io.stillstream.trainer.replica;
