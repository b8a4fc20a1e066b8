/**
 * Polls records and gathers them into batches. Knows which records are stale because their
 * partition has been revoked or rewound.
 */
package io.stillstream.labeler.input;
