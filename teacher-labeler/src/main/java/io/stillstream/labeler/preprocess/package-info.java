/** From a record to the pixels that a teacher takes, or to the reason why it is not asked. */
package io.stillstream.labeler.preprocess;
