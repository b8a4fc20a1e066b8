/** Reads the project's Markdown files, so that tests can compare them with rules and with code. */
package io.stillstream.architecture.text;
