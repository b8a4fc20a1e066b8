/**
 * Fetches the objects that polled records name before their turn comes, bounded in objects and
 * bytes.
 */
package io.stillstream.augmenter.fetch.prefetch;
