package io.stillstream.architecture.text;

/**
 * A link of a Markdown file.
 *
 * @param line where the paragraph, list item or row of a table begins
 * @param target as in the file
 */
public record TextLink(int line, String target) {}
