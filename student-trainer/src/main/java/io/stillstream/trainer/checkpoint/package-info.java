/** Files that survive a crash at any moment: checkpoints, the ledger, and the lock on both. */
package io.stillstream.trainer.checkpoint;
