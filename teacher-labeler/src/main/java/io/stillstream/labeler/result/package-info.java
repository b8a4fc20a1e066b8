/**
 * What became of a view: logits or a reason, the record to send, and the comparison with its ground
 * truth.
 */
package io.stillstream.labeler.result;
