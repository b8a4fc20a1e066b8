/** Training without brokers, saving nothing, for benchmarks. */
package io.stillstream.trainer.offline;
