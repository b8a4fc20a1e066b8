/** The engine for a teacher's format. */
package io.stillstream.labeler.engine;
