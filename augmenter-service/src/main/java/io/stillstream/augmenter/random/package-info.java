/**
 * Random numbers and distributions that are the same on every machine and for every JDK. Depends on
 * no other package.
 */
package io.stillstream.augmenter.random;
