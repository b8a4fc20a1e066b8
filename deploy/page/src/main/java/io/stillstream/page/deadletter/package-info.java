/** The latest dead letters, as the page shows them. */
package io.stillstream.page.deadletter;
