/** Which stage of the pipeline limits the stream, by what waits before each. */
package io.stillstream.page.bottleneck;
