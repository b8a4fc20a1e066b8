/** The first batches of a teacher, which every engine has it answer before it labels. */
package io.stillstream.labeler.probe;
