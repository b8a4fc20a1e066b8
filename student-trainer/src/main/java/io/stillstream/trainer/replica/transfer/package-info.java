/** Checkpoints, ledger and releases to the object store and back, in checksummed objects. */
package io.stillstream.trainer.replica.transfer;
