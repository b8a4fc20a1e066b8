/**
 * Remembers on disk which records were in native code when a process died, so that the next process
 * tries them alone.
 */
package io.stillstream.labeler.quarantine;
