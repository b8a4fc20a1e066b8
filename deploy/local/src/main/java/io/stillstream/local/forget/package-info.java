/**
 * An image is forgotten: removed where that can be done, and said of the rest how long it stays.
 */
package io.stillstream.local.forget;
