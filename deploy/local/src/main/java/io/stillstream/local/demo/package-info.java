/**
 * One run of the demo: the whole pipeline in one JVM, fed with a data set and measured at the end.
 */
package io.stillstream.local.demo;
