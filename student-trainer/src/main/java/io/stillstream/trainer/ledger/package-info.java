/**
 * The ledger of steps as a file of checked lines: written, copied and searched. Depends on neither
 * Kafka nor metrics.
 */
package io.stillstream.trainer.ledger;
