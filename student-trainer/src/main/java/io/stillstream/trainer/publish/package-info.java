/**
 * Releases, events, progress and dead letters on their way to topics, sent by a thread of their
 * own. All but progress is sent again until it is acknowledged.
 */
package io.stillstream.trainer.publish;
