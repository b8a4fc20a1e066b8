/** The images that a person should label, as the page shows them. */
package io.stillstream.page.review;
