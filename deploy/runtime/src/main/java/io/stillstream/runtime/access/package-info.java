/**
 * What a client must be allowed to do at the brokers: as a list, as a question at the start, and as
 * something to keep an eye on.
 */
package io.stillstream.runtime.access;
