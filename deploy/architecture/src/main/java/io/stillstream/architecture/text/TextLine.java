package io.stillstream.architecture.text;

/**
 * A line of a Markdown file.
 *
 * @param number from 1
 * @param text as in the file
 */
public record TextLine(int number, LineKind kind, String text) {}
