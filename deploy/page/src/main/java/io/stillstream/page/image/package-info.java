/** The newest images with their views and predictions, as the page shows them. */
package io.stillstream.page.image;
