/**
 * Everything that is known of one image, from topics, ledger and releases. Reads committed records
 * without a consumer group; writes nothing.
 */
package io.stillstream.trainer.trace;
