/**
 * The augmenter compared with OpenCV in Python, and as a service with itself in process; its
 * memory.
 */
package io.stillstream.bench.augmenter;
