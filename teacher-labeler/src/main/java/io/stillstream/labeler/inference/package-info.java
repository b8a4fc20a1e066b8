/**
 * Batches on their way through the threads that decode, infer and encode, and how a view that fails
 * is isolated. Sends nothing.
 */
package io.stillstream.labeler.inference;
