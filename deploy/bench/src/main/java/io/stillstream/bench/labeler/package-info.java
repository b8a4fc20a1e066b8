/** The labeler compared with the same module called from PyTorch and from DJL; its memory. */
package io.stillstream.bench.labeler;
