/** Reads topics with one consumer that belongs to no group and commits nothing. */
package io.stillstream.page.topic;
