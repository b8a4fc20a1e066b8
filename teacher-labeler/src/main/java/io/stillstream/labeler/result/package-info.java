/**
 * What became of a view: an answer or a reason, the record to send, and the comparison with its
 * ground truth.
 */
package io.stillstream.labeler.result;
