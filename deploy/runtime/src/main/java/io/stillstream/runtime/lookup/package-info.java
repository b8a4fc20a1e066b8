/** Reads single records of topics by their coordinates, without a consumer group. */
package io.stillstream.runtime.lookup;
