/**
 * Copies of checkpoints, ledger and releases in an object store. {@link
 * io.stillstream.trainer.replica.Replica} is what the training sees; the store is behind {@link
 * io.stillstream.trainer.replica.objectstore.ObjectStore}.
 */
package io.stillstream.trainer.replica;
