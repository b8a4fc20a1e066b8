package io.stillstream.trainer.replica;

/** The transfers of one student's replica: what is copied to the object store, and back. */
public record ReplicaTransfers(
    CheckpointTransfer checkpoints, LedgerTransfer ledger, ReleaseTransfer releases) {}
