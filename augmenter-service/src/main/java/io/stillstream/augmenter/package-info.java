/** The augmenter as a process: main class, service, topology and what it has open. */
package io.stillstream.augmenter;
