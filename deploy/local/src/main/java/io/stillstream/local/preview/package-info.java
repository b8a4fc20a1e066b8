/** What a policy does to an image, as a contact sheet. */
package io.stillstream.local.preview;
