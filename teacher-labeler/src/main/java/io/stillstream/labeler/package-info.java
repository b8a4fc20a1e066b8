/**
 * The labeler: polls views, infers them with the teachers, and writes labelled views, exactly once.
 * The module's README lists the types that hold a record from poll to commit.
 */
package io.stillstream.labeler;
