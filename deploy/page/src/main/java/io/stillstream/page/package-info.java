/** A live page about a running pipeline. */
package io.stillstream.page;
