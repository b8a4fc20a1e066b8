/** Encodes results and sends them in transactions, together with the offsets of their sources. */
package io.stillstream.labeler.output;
