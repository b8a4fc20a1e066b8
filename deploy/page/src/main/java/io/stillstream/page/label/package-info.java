/**
 * Takes labels from readers of the page and writes them to a topic, where the settings allow it.
 */
package io.stillstream.page.label;
