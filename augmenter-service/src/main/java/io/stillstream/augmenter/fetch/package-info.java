/** Fetches images that their events name by an address, ahead of the thread that needs them. */
package io.stillstream.augmenter.fetch;
