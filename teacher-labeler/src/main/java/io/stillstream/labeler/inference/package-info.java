/** Runs batches through the steps preprocess, infer and encode, each on threads of its own. */
package io.stillstream.labeler.inference;
