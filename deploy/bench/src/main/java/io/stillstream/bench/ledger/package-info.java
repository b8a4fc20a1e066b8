/** What a long ledger costs a start of the trainer, and a trace. */
package io.stillstream.bench.ledger;
